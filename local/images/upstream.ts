/** Docker Hub's registry is not at the host that its image names carry. */
const moved: Readonly<Record<string, string>> = { "docker.io": "registry-1.docker.io" };

export function registryOf(image: string): string {
  const host = image.split("/")[0] ?? "";
  return moved[host] ?? host;
}

/**
 * Whether images can be pulled from here: asked of one registry, with little patience. Any answer
 * of a registry counts, also "log in first"; a proxy's refusal does not.
 */
export async function registryAnswers(
  image: string,
  ask: typeof fetch = fetch,
  patience = 2_000,
): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(patience);
    const { status } = await ask(`https://${registryOf(image)}/v2/`, { signal });
    return status === 200 || status === 401;
  } catch {
    return false;
  }
}
