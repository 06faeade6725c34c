#!/bin/sh
# run.sh MPIRUN RANKS PROGRAM [ARGUMENT...]: the program on so many ranks, each of one thread; 77 where mpirun does not work.
mpirun=$1 ranks=$2
shift 2
export OPENBLAS_NUM_THREADS=1
# what Open MPI asks for before it serves root, and starts more ranks than there are cores
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"  # of MPI itself
"$mpirun" -n "$ranks" true >/dev/null 2>&1 || { echo "skipped: $mpirun -n $ranks does not work here"; exit 77; }
exec "$mpirun" -n "$ranks" "$@"
