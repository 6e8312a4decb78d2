#!/usr/bin/env bash
# The npm package croner 11.0.1 and Kubernetes (robfig/cron v3.0.1, which its CronJob controller uses) read the same
# five fields on different days, when a day field is a star with a step of one or a list with a star in it.
#
# To robfig/cron such a field still means "any", so the other day field alone decides; croner takes it for a list of
# days, and then a day that matches either field is enough. Seen on 2026-11-28:
#   0 3 */1 * 1   robfig: Mondays                croner: every day
#   0 3 1 * *,2   robfig: the first of a month   croner: every day
# A star with a step above one is a list of days to both of them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund croner@11.0.1 >/dev/null
cat >croner.mjs <<'JS'
import { Cron } from "croner";
for (const schedule of process.argv.slice(2)) {
  const cron = new Cron(schedule, { mode: "5-part", utcOffset: 0 });
  const days = cron.nextRuns(5, new Date("2026-01-01T12:00:00Z"));
  console.log(`${schedule}: ${days.map((day) => day.toISOString().slice(5, 10)).join(" ")}`);
}
JS
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/robfig/cron/v3"
)

func main() {
	for _, text := range os.Args[1:] {
		schedule, err := cron.ParseStandard("TZ=UTC " + text)
		if err != nil {
			panic(err)
		}
		fmt.Print(text, ":")
		day := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
		for range 5 {
			day = schedule.Next(day)
			fmt.Print(" ", day.Format("01-02"))
		}
		fmt.Println()
	}
}
GO
go mod init finding >/dev/null 2>&1
go get github.com/robfig/cron/v3@v3.0.1 >/dev/null 2>&1
schedules=("0 3 */1 * 1" "0 3 1 * *,2" "0 3 */10 * 1")
croner=$(node croner.mjs "${schedules[@]}")
robfig=$(go run . "${schedules[@]}")
printf 'croner 11.0.1\n%s\nrobfig/cron v3.0.1\n%s\n' "$croner" "$robfig"
[ "$croner" = "0 3 */1 * 1: 01-02 01-03 01-04 01-05 01-06
0 3 1 * *,2: 01-02 01-03 01-04 01-05 01-06
0 3 */10 * 1: 01-05 01-11 01-12 01-19 01-21" ]
[ "$robfig" = "0 3 */1 * 1: 01-05 01-12 01-19 01-26 02-02
0 3 1 * *,2: 02-01 03-01 04-01 05-01 06-01
0 3 */10 * 1: 01-05 01-11 01-12 01-19 01-21" ]
echo "as described"
