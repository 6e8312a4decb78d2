/** Opens the kubeconfig. Loaded on first use: the client takes longer to import than a preview needs to think. */
export async function client() {
  const { CoreV1Api, KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromDefault();
  return { config, core: config.makeApiClient(CoreV1Api) };
}
