#!/bin/sh
# Fails if a folder includes a header of a folder that it must not know: core <- autograd, data, optim;
# autograd, data <- nn; nn, optim <- training.
cd "$1" || exit 2
status=0
refuse() {  # folder, and the folders that it must not include
  [ -d "$1" ] || exit 2
  if grep -nE "#include ([<\"](xgrad/)?($2)/|<xgrad/xgrad|\"\.\.)" "$1"/*; then
    echo "$1/ must not include these"
    status=1
  fi
}
refuse core 'autograd|data|nn|optim|training'
refuse autograd 'data|nn|optim|training'
refuse data 'autograd|nn|optim|training'
refuse optim 'autograd|data|nn|training'
refuse nn 'optim|training'
exit $status
