/** Docker Hub's registry is not at the host that its image names carry. */
const moved: Readonly<Record<string, string>> = { "docker.io": "registry-1.docker.io" };

const registry = (name: string): string => {
  const host = name.split("/")[0] ?? "";
  return `https://${moved[host] ?? host}/v2/`;
};

/** Lists one address for every registry and chart repository that images and charts are pulled from. */
export function upstreams(images: readonly string[], repositories: readonly string[]): string[] {
  const ofCharts = repositories.map((repository) =>
    repository.startsWith("oci://")
      ? registry(repository.slice("oci://".length))
      : `${repository}/index.yaml`,
  );
  return [...new Set([...images.map(registry), ...ofCharts])];
}

/**
 * Says whether everything can be pulled from here: all upstreams are asked at once and once, with little
 * patience. "Log in first" is a registry's answer too; a proxy's refusal is not.
 */
export async function upstreamAnswers(
  addresses: readonly string[],
  ask: typeof fetch = fetch,
  patience = 2_500,
): Promise<boolean> {
  const signal = AbortSignal.timeout(patience);
  const asked = addresses.map(async (address) => {
    const { status, body } = await ask(address, { signal });
    await body?.cancel();
    if (status !== 200 && status !== 401) throw new Error(`${address} answers ${status}`);
  });
  return Promise.all(asked).then(
    () => true,
    () => false,
  );
}
