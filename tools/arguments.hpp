#pragma once

// What both programs take.

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include <xgrad/tables/read_csv.hpp>

namespace xgrad::tools {

/// The options of read_csv that a command line can say.
struct CsvArguments {
  ReadCsvOptions options;
  bool no_header = false;
  std::string comment, decimal = ".", thousands;

  void add_to(CLI::App& app) {
    app.add_option("--sep", options.sep, "between fields: ; or \\t, or \\s+ for any blanks")->capture_default_str();
    app.add_flag("--no-header", no_header, "the first line holds values; the columns are 0, 1, ...");
    app.add_option("--skiprows", options.skiprows, "lines to leave out at the beginning");
    app.add_option("--na-values", options.na_values, "what else stands for a missing value: ?,-999")->delimiter(',');
    app.add_option("--comment", comment, "the rest of a line from this character on is left out")->check(one_character);
    app.add_option("--decimal", decimal, "before the fraction of a number")->check(one_character);
    app.add_option("--thousands", thousands, "left out within a number")->check(one_character);
  }

  Table read(const std::string& path) const {
    ReadCsvOptions all = options;
    if (all.sep == "\\t") all.sep = "\t";
    if (no_header) all.header = xgrad::no_header;
    if (!comment.empty()) all.comment = comment[0];
    all.decimal = decimal[0];
    if (!thousands.empty()) all.thousands = thousands[0];
    return read_csv(path, all);
  }

 private:
  static std::string one_character(const std::string& value) {
    return value.size() == 1 ? "" : "it takes one character, not " + value;
  }
};

/// Runs a program: 2 for a command line that does not fit, 1 for what goes wrong later, each with one line that says
/// what.
template <class Program>
int run(CLI::App& app, int argc, char** argv, const Program& program) {
  const std::string name = app.get_name();
  try {
    app.parse(argc, argv);
    program();
    std::cout.flush();
    if (!std::cout) throw DataError("cannot write to the standard output");
    return 0;
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    std::cerr << name << ": " << error.what() << "; " << name << " --help lists the options\n";
    return 2;
  } catch (const std::bad_alloc&) {
    std::cerr << name << ": not enough memory\n";
  } catch (const std::exception& error) {
    std::cerr << name << ": " << error.what() << '\n';
  }
  return 1;
}

}  // namespace xgrad::tools
