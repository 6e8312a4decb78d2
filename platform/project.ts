/** The name of the Pulumi project, of the policy pack and of everything that has to say whose it is. */
export const projectName = "shlink-platform";

/** The key of a stack file below which all settings are. */
export const settingsKey = `${projectName}:settings` as const;

/** What the types of all our components begin with. */
const componentPrefix = `${projectName}:index:`;

/** The type under which the engine knows a component. */
export const token = (noun: string) => `${componentPrefix}${noun}`;

/** Tells our components from the resources of providers. */
export const isComponent = ({ type }: { type: string }) => type.startsWith(componentPrefix);

/** Marks what belongs to this program: a namespace of one of our names without it is refused. */
export const ownershipLabel = { "app.kubernetes.io/part-of": projectName };

/** The folder of the files that providers read while the program runs; they run in the project's folder, as this does. */
export const runtimeFolder = ".run";

/** A constant path, which can be a provider's input without ever showing a difference. */
export const runtimePath = (name: string) => `${runtimeFolder}/${name}`;
