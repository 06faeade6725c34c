#!/bin/sh
# The order of the rooms: fails if one includes a header of a room that it must not know, if a private header (in a folder
# detail/) is included from another room, or if <xgrad/xgrad.hpp> does not list every public header.
cd "$1" || exit 2
status=0
say() { echo "$*"; status=1; }
refuse() {  # room, and the rooms that it must not include
  [ -d "$1" ] || exit 2
  ! grep -rnE "#include ([<\"](xgrad/)?($2)/|<xgrad/xgrad|\"\.\.)" "$1" || say "$1/ must not include these"
}
refuse core 'autograd|data|nn|optim|training|teach|tables|mpi'
refuse autograd 'data|nn|optim|training|teach|tables|mpi'
refuse data 'autograd|nn|optim|training|teach|tables|mpi'
refuse optim 'autograd|data|nn|training|teach|tables|mpi'
refuse nn 'optim|training|teach|tables|mpi'
refuse training 'teach|tables|mpi'
refuse teach 'tables|mpi'
refuse tables 'autograd|optim|teach|mpi'
refuse mpi 'autograd|data|nn|optim|teach|tables'

for room in core autograd data optim nn training teach tables mpi; do
  # but for core's workers, by which training shares its work, and nn's walks, by which it writes its files
  grep -rnE "#include <xgrad/.*/detail/" "$room" | grep -vE "<xgrad/($room|core|nn)/" &&
    say "$room/ includes private headers of another room"
done
listed=$(sed -n 's/^#include <xgrad\/\(.*\)>/\1/p' include/xgrad/xgrad.hpp | sort)
there=$({ echo version.hpp; find core autograd data optim nn training -name '*.hpp' ! -path '*/detail/*' \
  ! -path core/xtensor.hpp; } | sort)
[ "$listed" = "$there" ] || say "include/xgrad/xgrad.hpp lists other headers than there are: $(
  printf '%s\n%s\n' "$listed" "$there" | sort | uniq -u | tr '\n' ' ')"
exit $status
