/**
 * Brings everything back to what the program says. A refresh sees what was changed past it, and without force the
 * kubernetes provider gives way to whoever wrote a field last.
 */
export const bringBack = ["PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up --refresh --run-program"];
