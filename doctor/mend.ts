/** Brings everything back to what the program says: only a refresh sees what was changed past it. */
export const bringBack = ["pulumi up --refresh --run-program"];
