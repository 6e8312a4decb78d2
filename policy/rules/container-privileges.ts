/** Containers run as nobody special. */

import { check } from "../engine/policy.ts";
import { containers, podTemplates } from "../engine/podspecs.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { Cursor } from "../engine/cursor.ts";

export const containerPrivileges: Policy = {
  name: "container-privileges",
  title: "Containers have no privileges",
  description:
    "Containers run as a user that is not root, without capabilities, with the runtime's seccomp profile.",
  severity: "high",
  tags: ["workloads"],
  checks: {
    K07: check(
      "the container may run as root",
      "Root inside is root outside as soon as one wall falls.",
      "Set runAsNonRoot and a runAsUser; restrictedPod does.",
    ),
    K08: check(
      "the container can gain privileges",
      "A bug in the program becomes the node's bug.",
      "Set allowPrivilegeEscalation to false and privileged to nothing; restrictedContainer does.",
    ),
    K08a: check(
      "the container keeps or adds capabilities",
      "Each is a piece of root.",
      "Drop ALL and add none but NET_BIND_SERVICE.",
    ),
    K10: check(
      "the container runs without a seccomp profile",
      "Every system call of the kernel is then open to it.",
      "Set seccompProfile.type to RuntimeDefault; restrictedPod does.",
    ),
    K11: check(
      "the root file system can be written",
      "Whoever gets in can leave something behind.",
      "Set readOnlyRootFilesystem and mount an emptyDir where the program writes.",
      "advisory",
      "off",
    ),
  },
  checkResource(resource, judge) {
    for (const { spec, owner } of podTemplates(resource)) {
      if (owner.patch) continue;
      for (const container of containers(spec)) {
        identity(container, spec.get("securityContext"), judge);
        powers(container.get("securityContext"), judge);
      }
    }
  },
};

function identity(container: Cursor, pod: Cursor, judge: Judge) {
  const own = container.get("securityContext");
  const effective = (key: string) => (own.get(key).absent ? pod.get(key) : own.get(key));
  const nonRoot = effective("runAsNonRoot");
  const user = effective("runAsUser");
  judge.when("K07", nonRoot, (node) => !node.isTrue() && (user.number() ?? 0) === 0);
  judge.when("K07", user, (node) => node.number() === 0 && "the container runs as root");
  const profile = own.at("seccompProfile.type").absent
    ? pod.at("seccompProfile.type")
    : own.at("seccompProfile.type");
  judge.when("K10", profile, (node) => node.absent || node.text() === "Unconfined");
}

function powers(own: Cursor, judge: Judge) {
  judge.when(
    "K08",
    own.get("privileged"),
    (node) => node.isTrue() && "the container is privileged",
  );
  judge.when("K08", own.get("allowPrivilegeEscalation"), (node) => !node.isFalse());
  const drops = own.at("capabilities.drop");
  judge.when(
    "K08a",
    drops,
    () => !drops.items().some((node) => node.text().toUpperCase() === "ALL"),
  );
  for (const added of own.at("capabilities.add").items()) {
    judge.when("K08a", added, (node) => node.text() !== "NET_BIND_SERVICE");
  }
  judge.when("K11", own.get("readOnlyRootFilesystem"), (node) => !node.isTrue());
}
