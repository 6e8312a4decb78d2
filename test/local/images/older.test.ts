import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { olderRecipes } from "../../../local/images/older.ts";
import type { ImageRecipe } from "../../../local/images/recipe.ts";
import { imageNames, imageRecipes } from "../../../local/images/recipes.ts";
import { olderCharts } from "../../../local/supply/older.ts";
import { charts } from "../../../platform/charts.ts";

const toolsOf = ({ layers }: ImageRecipe) =>
  layers
    .flatMap(({ parts }) => parts)
    .flatMap((part) => ("copy" in part && "tool" in part.copy ? [part.copy.tool] : []));
const repositoryOf = (name: string) => name.slice(0, name.lastIndexOf(":"));

describe("Images of the versions before", () => {
  it("have the program of then where one can be had, and else a tag alone", () => {
    const older = Object.fromEntries(
      olderRecipes.map((recipe) => [
        repositoryOf(recipe.name).split("/").at(-1) ?? "",
        toolsOf(recipe),
      ]),
    );
    assert.deepEqual(older, {
      vault: ["older-bao"],
      "external-secrets": ["older-external-secrets"],
      "redis-operator": ["older-redis-operator"],
      pilot: ["pilot-discovery"],
      proxyv2: ["envoy", "pilot-agent"],
      "postgres-operator": ["node"],
    });
  });

  it("differ from those of now in their tags, and in nothing else that starts them", () => {
    for (const recipe of olderRecipes) {
      assert.ok(!imageNames.includes(recipe.name), recipe.name);
      const now: ImageRecipe | undefined = imageRecipes.find(
        ({ name }) => repositoryOf(name) === repositoryOf(recipe.name),
      );
      assert.deepEqual({ ...recipe, name: "", layers: [] }, { ...now, name: "", layers: [] });
    }
  });

  it("come with charts that are older than those of now", () => {
    for (const [name, version] of Object.entries(olderCharts)) {
      const now = charts[name as keyof typeof olderCharts].version;
      assert.ok(version.localeCompare(now, "en", { numeric: true }) < 0, `${name} ${version}`);
    }
  });
});
