#pragma once

// Processes of their own, for limits that would outlast a test, for what may end the program, and for what it costs.

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <xgrad/core/error.hpp>

namespace xgrad {

inline std::size_t files_in(const std::filesystem::path& folder) {
  using Iterator = std::filesystem::directory_iterator;
  return static_cast<std::size_t>(std::distance(Iterator(folder), Iterator()));
}

/// Runs f in a process of its own and returns what it says; "ended by signal 11" if it does not live to say it.
template <class F>
std::string in_child(F f) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    for (const int fault : {SIGSEGV, SIGABRT, SIGFPE, SIGILL}) std::signal(fault, SIG_DFL);
    const std::string said = f();
    _exit(::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  ::close(ends[1]);
  std::string said, part(65536, '\0');
  for (ssize_t n; (n = ::read(ends[0], part.data(), part.size())) > 0;)
    said.append(part, 0, static_cast<std::size_t>(n));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? "ended by signal " + std::to_string(WTERMSIG(status)) : said;
}

/// What something said, and what it cost.
struct Cost {
  std::string said;      ///< "nothing", or the message of the Error; of any other exception, after "not ours: "
  double mebibytes = 0;  ///< the most memory that it had, beyond what the process had before
  double seconds = 0;    ///< of the processor
};

/// Runs f twice in a process of its own, and measures the second time: the first brings the program's own pages in.
template <class F>
Cost cost_of(F f) {
  const std::string all = in_child([&] {
    const auto field = [](const std::string& name) {
      std::ifstream status("/proc/self/status");
      std::string word;
      double kibibytes = 0;
      while (status >> word && word != name) {
      }
      status >> kibibytes;
      return kibibytes / 1024;
    };
    const auto said_by = [&]() -> std::string {
      try {
        return f(), "nothing";
      } catch (const Error& error) {
        return error.what();
      } catch (const std::exception& error) {
        return std::string("not ours: ") + error.what();
      }
    };
    said_by();
    std::ofstream("/proc/self/clear_refs") << 5;  // VmHWM starts again
    const double before = field("VmRSS:");
    const std::clock_t start = std::clock();
    const std::string said = said_by();
    const double time = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    return text(field("VmHWM:") - before, ' ', time, ' ', said);
  });
  if (all.starts_with("ended")) return {all};
  Cost cost;
  std::size_t end = 0;
  cost.mebibytes = std::stod(all, &end);
  const std::size_t rest = end + 1;
  cost.seconds = std::stod(all.substr(rest), &end);
  cost.said = all.substr(rest + end + 1);
  return cost;
}

}  // namespace xgrad
