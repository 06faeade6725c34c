// xgrad-predict: applies a model that xgrad-train saved to the rows of a CSV file.

#include <fstream>

#include <xgrad/tables/pipeline.hpp>

#include "arguments.hpp"

using namespace xgrad;

namespace {

struct Options {
  std::string model, csv, output;
  std::vector<std::string> keep;
  bool probabilities = false;
  tools::CsvArguments reading;
};

Table predicted(const Options& o) {
  Pipeline model = Pipeline::load(o.model);
  const Table table = o.reading.read(o.csv);
  Table out = table.keep(o.keep);
  const std::string& name = model.target().column();
  require<ValueError>(!out.has(name), "--keep ", name, " is what is predicted");
  const Table said = model.predict(table, {.verbose = silent});
  if (!model.target().has_classes()) {
    out.add(name, said.column(name));
    return out;
  }
  out.add(name, Column(model.target().most_probable(said)));
  if (o.probabilities)
    for (const std::string& each : said.columns()) out.add(text(name, "=", each), said.column(each));
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  Options o;
  CLI::App app("Predicts the label of each row of a CSV file by a model that xgrad-train saved.", "xgrad-predict");
  app.add_option("model", o.model, "the file that xgrad-train --save wrote")->required();
  app.add_option("csv", o.csv, "the rows, plain or .gz; the label's column need not be there")->required();
  app.add_option("-o,--output", o.output, "a CSV file to write; else the predictions are printed");
  app.add_option("--keep", o.keep, "columns to copy before the prediction: PassengerId")->delimiter(',');
  app.add_flag("--probabilities", o.probabilities, "a column for the probability of each class, too");
  o.reading.add_to(app);
  return tools::run(app, argc, argv, [&] {
    const Table out = predicted(o);
    if (o.output.empty())
      std::cout << csv_text(out);
    else
      to_csv(out, o.output);
  });
}
