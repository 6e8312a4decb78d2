/** The owner of Shlink's database, and of all that is in it. */
export const user = "shlink";

/** The role by which Shlink logs in, which is another after each rotation. */
export const loginOf = (rotation: number) => (rotation === 0 ? user : `${user}_${rotation}`);
