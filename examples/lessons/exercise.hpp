#pragma once

// The exercises of a lesson, marked by its program: 01_slope_and_step --answer 1 0.25

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

/// An exercise whose answer is a number.
struct Exercise {
  double answer;
  double tolerance;  ///< how far an answer may be off
  const char* hint;  ///< for who is wrong
};

/// Marks `--answer NUMBER VALUE`, and prints right or wrong, with a hint. Returns the program's exit code: 0 for right,
/// 1 for wrong, 2 for other arguments.
inline int mark(int argc, char** argv, const std::vector<Exercise>& exercises) {
  const int number = argc == 4 && std::string_view(argv[1]) == "--answer" ? std::atoi(argv[2]) : 0;
  if (number < 1 || number > static_cast<int>(exercises.size())) {
    std::fprintf(stderr, "usage: %s [--answer NUMBER VALUE], NUMBER from 1 to %zu\n", argv[0], exercises.size());
    return 2;
  }
  const Exercise& exercise = exercises[static_cast<std::size_t>(number - 1)];
  char* end = nullptr;
  const double value = std::strtod(argv[3], &end);
  const bool right = end != argv[3] && *end == 0 && std::abs(value - exercise.answer) <= exercise.tolerance;
  if (right)
    std::printf("right\n");
  else
    std::printf("wrong. Hint: %s\n", exercise.hint);
  return right ? 0 : 1;
}
