#include <xgrad/nn/model/files.hpp>

#include <xgrad/nn/model/detail/walks.hpp>

namespace xgrad::inline XGRAD_PRECISION {

void save(const std::string& path, ModuleRef module) {
  check_fields(module);
  Writer writer;
  module.fields(writer);
  write_safetensors(path, writer.tensors,
                    {{"xgrad.format", std::to_string(file_format)},
                     {"xgrad.module", writer.options.dump()},
                     {"xgrad.frozen", Json(writer.frozen).dump()}});
}

void detail::load_into(const std::string& path, ModuleRef module, const std::vector<Layer>& own_layers) {
  reading_file(path, [&] {
    const SafeTensorsFile file(path);
    const auto metadata = [&](const char* key) {
      const auto found = file.metadata().find(key);
      require<ValueError>(found != file.metadata().end(), "there is no ", key, " in it: it is not a saved module");
      return parse_json(found->second);
    };
    require<ValueError>(!file.metadata().contains("xgrad.kind"), "it is the file of a Model; its load() reads it");
    require<ValueError>(metadata("xgrad.format") == file_format, "its format is ",
                        cut(metadata("xgrad.format").dump(), 60), "; this xgrad reads ", file_format);
    Reader reader(FileTensors(file), metadata("xgrad.module"), own_layers);
    reader.set_frozen(metadata("xgrad.frozen").get<std::set<std::string>>());
    module.fields(reader);
    reader.finish();
  });
}

void save_weights(const std::string& path, ModuleRef module) {
  std::vector<StoredTensor> tensors;
  each_parameter(module, [&](const std::string& name, Parameter& p) { tensors.push_back(stored(name, p.value())); });
  write_safetensors(path, std::move(tensors));
}

void load_weights(const std::string& path, ModuleRef module) {
  reading_file(path, [&] {
    const SafeTensorsFile file(path);
    for (auto& [p, value] : read_weights(FileTensors(file), module, path)) p->edit() = std::move(value);
  });
}

}  // namespace xgrad::inline XGRAD_PRECISION
