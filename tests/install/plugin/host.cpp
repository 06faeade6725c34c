// host PLUGIN TYPE: loads the plugin, uses it in a thread, unloads it, three times, and then in a forked process.
#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

static void require(bool condition, const char* what) {
  if (condition) return;
  const char* error = dlerror();
  std::fprintf(stderr, "host: %s: %s\n", what, error ? error : "");
  std::exit(1);
}

template <class F>
static F* function(void* library, const char* name) {
  void* found = dlsym(library, name);
  require(found != nullptr, name);
  return reinterpret_cast<F*>(found);
}

static void use(void* library) {
  const double x[] = {0, 1, 2, 3}, y[] = {1, 3, 5, 7};
  require(function<double(const double*, const double*, std::size_t)>(library, "plugin_fit")(x, y, 4) < 1e-3, "loss");
  const std::string error = function<const char*()>(library, "plugin_error")();
  require(error.starts_with("matmul: cannot multiply (2, 3) by (2, 3)"), error.c_str());
}

int main(int, char** arguments) {
  const bool is_static = std::strcmp(arguments[2], "STATIC_LIBRARY") == 0;
  for (int time = 0; time < 3; ++time) {
    void* library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
    require(library != nullptr, "dlopen");
    std::thread(use, library).join();
    if (is_static) function<void()>(library, "plugin_end")();
    require(dlclose(library) == 0, "dlclose");
    require(dlopen(arguments[1], RTLD_NOW | RTLD_NOLOAD) == nullptr, "the plugin is still there after dlclose");
  }

  const pid_t child = fork();
  if (child == 0) {
    void* library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
    require(library != nullptr, "dlopen in a forked process");
    use(library);
    _exit(0);
  }
  int status = 1;
  require(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0, "forked process");
  return 0;
}
