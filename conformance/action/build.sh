#!/usr/bin/env bash
# Builds `pystate` from the checkout that this file is in, and says as the step's output where it is. Needs the .NET 10 SDK.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
into=${RUNNER_TEMP:?is set by the runner: the folder to build into}/pystate-program
dotnet publish "$here/PyState.Conformance.csproj" --configuration Release --output "$into" -p:PackAsTool=false
printf 'program=%s\n' "$into/pystate" >> "${GITHUB_OUTPUT:?is set by the runner: the file for outputs}"
