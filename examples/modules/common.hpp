#pragma once

// What the programs of this folder share: a command line, and the lines by which they can be compared.
//   program               trains straight through
//   program save FILE     trains the first half, and saves
//   program resume FILE   loads, in another process, and trains the second: to the same bits

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <xgrad/xgrad.hpp>

struct Command {
  std::string verb, file;

  Command(int argc, char** argv) : verb(argc == 3 ? argv[1] : ""), file(argc == 3 ? argv[2] : "") {
    if (argc == 1 || verb == "save" || verb == "resume") return;
    std::fprintf(stderr, "usage: %s [save FILE | resume FILE]\n", argv[0]);
    std::exit(2);
  }
  bool saves() const { return verb == "save"; }
  bool resumes() const { return verb == "resume"; }
};

inline void print_paths(const char* what, const xgrad::Parameters& parameters) {
  std::printf("%s:", what);
  for (const std::string& path : parameters.paths) std::printf(" %s", path.c_str());
  std::printf("\n");
}

/// Prints the last loss, and a hash of every bit of the weights (FNV-1a).
inline void print_end(double loss, xgrad::ModuleRef module) {
  unsigned long long hash = 0xcbf29ce484222325;
  xgrad::each_parameter(module, [&](const std::string&, xgrad::Parameter& p) {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(p.value().data());
    for (std::size_t k = 0; k < p.value().size() * sizeof(xgrad::Real); ++k) hash = (hash ^ bytes[k]) * 0x100000001b3;
  });
  std::printf("at the end: loss %.3g, weights %016llx\n", loss, hash);
}
