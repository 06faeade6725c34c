# Prints one C++ file with what the pages show in C++: each block ```cpp, and each piece of code in the right column of a
# table whose head is "| Keras | xgrad |", or pandas or scikit-learn. A block that is no program becomes the body of a function, after its structs.
# A block ```cpp of 0.1 is not taken; one that begins with a dot is an excerpt, which blocks.sh looks for in the sources.
BEGIN { print "#include \"blocks.hpp\"" }
FNR == 1 { in_block = in_table = 0 }
/^```/ && in_block { in_block = 0; finish(); next }
/^```cpp$/ { in_block = 1; first = FNR + 1; outside = inside = ""; program = 0; next }
in_block && /^(#include|using namespace)/ { outside = outside "\n"; next }
in_block {
  if (FNR == first && /^\./) { in_block = 0; next }
  if (/^int main/) program = 1
  if (/^struct/) in_struct = 1
  if (program || in_struct) { outside = outside $0 "\n"; inside = inside "\n" }
  else { inside = inside $0 "\n"; outside = outside "\n" }
  if (/^};/) in_struct = 0
}
function finish() {
  printf "namespace block_%d {\n#line %d \"%s\"\n%s", ++blocks, first, FILENAME, outside
  if (!program) printf "void body() {\n#line %d \"%s\"\n%s}\n", first, FILENAME, inside
  print "}"
}
/^\| (Keras|pandas|scikit-learn) \| xgrad \|/ { in_table = 1; next }
in_table && /^\|-/ { next }
in_table && !/^\|/ { in_table = 0 }
in_table {
  row = $0
  sub(/.* \| /, "", row)
  while (match(row, /`[^`]*`/)) {
    printf "namespace row_%d {\nvoid body() {\n#line %d \"%s\"\n%s;\n}\n}\n", ++rows, FNR, FILENAME,
           substr(row, RSTART + 1, RLENGTH - 2)
    row = substr(row, RSTART + RLENGTH)
  }
}
END { printf "static_assert(%d > 10 && %d > 10);  // blocks and rows that were found\n", blocks, rows }
