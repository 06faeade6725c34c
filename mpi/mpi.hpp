#pragma once

// Training by several processes over MPI: mpirun -n 4 ./train, with model.fit(data, {.communicator = mpi::world()}).

#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>

#include <memory>

#include <xgrad/training/communicator.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace mpi {

/// How ranks wait for each other, and how they send gradients.
struct Options {
  double timeout = 60;             ///< seconds, after which a rank that is waited for in a step is given up: Error
  double callback_timeout = 3600;  ///< seconds to wait for rank 0's callbacks, and for all at the beginning
  std::size_t bucket_bytes = std::size_t{1} << 20;  ///< see Communicator::bucket_bytes
};

/// The processes that mpirun has started; a program that was started without it is one rank. Initialises MPI unless
/// that was done, and then finalises it when the program ends. A program that ends while others wait for it is named to
/// them; one that is killed, mpirun ends the others. All calls of it give the first one's object.
std::shared_ptr<Communicator> world(const Options& options = {});

/// Processes of the caller's, who has initialised MPI. The communicator is duplicated. All of its processes call this,
/// and let go of what it returns before MPI is finalised. Throws ValueError before MPI_Init() and after MPI_Finalize().
std::shared_ptr<Communicator> communicator(MPI_Comm comm, const Options& options = {});

}  // namespace mpi

}  // namespace xgrad::inline XGRAD_PRECISION
