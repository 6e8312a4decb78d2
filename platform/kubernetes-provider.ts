/**
 * Lets the kubernetes provider take over what an administrator made first (docs/deployer.yaml): up to 4.28 it always
 * does, from 4.29 on only with this. It also asks for roles by name again, as the deployer's rights do. Whose a
 * namespace is has been decided before.
 */
export const takeOver = { upsertExistingObjects: true };

/**
 * Lets the kubernetes provider read the kubeconfig as kubectl does. Its SDK would else hand it `$KUBECONFIG`, which is then kept in
 * the state for whoever destroys the stack, taken for one file, and copied with its keys into a temporary file that stays.
 */
export const asKubectl = { kubeconfig: "" };
