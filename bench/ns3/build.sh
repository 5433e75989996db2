#!/bin/bash
# Builds the ns-3 programs against Debian's ns-3 (apt-get install libns3-dev g++). OUT: where the programs go.
set -e
cd "$(dirname "$0")"
OUT=${OUT:-${TMPDIR:-/tmp}/netcosm-ns3}
mkdir -p "$OUT"
for program in sched chain lan idle; do
  [ "$OUT/$program" -nt "$program.cc" ] || g++ -O3 -march=native -std=c++17 "$program.cc" -o "$OUT/$program" \
    -lns3-core -lns3-network -lns3-internet -lns3-point-to-point -lns3-csma -lns3-bridge -lns3-applications \
    -lns3-traffic-control -lns3-stats
done
echo "$OUT"
