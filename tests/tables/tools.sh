#!/bin/sh
# tools.sh TRAIN PREDICT PENGUINS: fails unless xgrad-train learns the penguins, and xgrad-predict predicts by its file what
# the report says; and unless both say in one line what is wrong with what they are given.
train=$1
predict=$2
penguins=$3
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 2
status=0
fail() {
  echo "$1"
  status=1
}
says() {  # what it must say on stderr, in one line, and the exit code; then the command
  words=$1 code=$2
  shift 2
  "$@" >out 2>err
  [ $? = "$code" ] || fail "it ends with another code than $code: $*"
  [ "$(wc -l <err)" = 1 ] || fail "it says not one line: $* $(cat err)"
  grep -qF -- "$words" err || fail "it does not say \"$words\": $* $(cat err)"
}

# Many classes: four fifths are learnt, and the last fifth of the file's rows judges.
awk -F, 'NR == 1 || NR % 5 != 0' "$penguins" >learnt.csv
awk -F, 'NR == 1 || NR % 5 == 0' "$penguins" >new.csv
"$train" learnt.csv --label species --test new.csv --report report.json --save model.safetensors >out 2>err ||
  fail "xgrad-train: $(cat err)"
for line in 'learnt.csv: 275 rows, 8 columns' 'species: 3 classes: Adelie Chinstrap Gentoo' \
  'island             string_categorical, 3 categories' 'confusion matrix' 'saved model.safetensors' \
  'what accuracy loses without a column: bill_length_mm'; do
  grep -qF -- "$line" out || fail "xgrad-train does not print: $line"
done
accuracy=$(sed -n 's/^ *"accuracy": \(.*\),$/\1/p' report.json | head -1)
awk -v a="$accuracy" 'BEGIN { exit !(a >= 0.95) }' || fail "accuracy $accuracy"
"$predict" model.safetensors new.csv --keep species,island --probabilities -o predicted.csv 2>err &&
  fail "--keep of what is predicted is not refused"
grep -qF 'species is what is predicted' err || fail "$(cat err)"
cut -d, -f2- new.csv >no_label.csv
"$predict" model.safetensors no_label.csv --keep island --probabilities -o predicted.csv || fail "xgrad-predict"
[ "$(head -1 predicted.csv)" = 'island,species,species=Adelie,species=Chinstrap,species=Gentoo' ] ||
  fail "$(head -1 predicted.csv)"
cut -d, -f1 new.csv >is
cut -d, -f2 predicted.csv >said
right=$(paste -d, is said | awk -F, 'NR > 1 && $1 == $2 { ++n } END { print n / (NR - 1) }')
awk -v a="$accuracy" -v b="$right" 'BEGIN { exit !(a - b < 1e-5 && b - a < 1e-5) }' ||
  fail "the report says $accuracy, the predictions $right"

# Numbers, and two classes; printed where no file is named.
"$train" learnt.csv --label body_mass_g --drop year --epochs 60 --test new.csv --save mass.safetensors --report r.json \
  --quiet >out || fail "body_mass_g"
grep -q 'is missing in 1 of 275 rows' out || fail "rows without a label are not left out: $(cat out)"
awk '/"r2"/ { sub(/,/, ""); exit !($2 > 0.75) }' r.json || fail "r2: $(grep r2 r.json)"
[ "$("$predict" mass.safetensors new.csv | awk 'NR > 1 && $1 > 2000 && $1 < 7000' | wc -l)" = 69 ] || fail "masses"
"$train" learnt.csv --label sex --validation 0 --epochs 5 --report r.html >out || fail "sex"
grep -q 'sex: 2 classes: female male' out || fail "$(cat out)"
grep -q 'the ones that it has learnt from' out || fail "$(cat out)"

for words in '"classes":["female","male"]' '"title":"learnt.csv: sex"' "default-src 'none'"; do
  grep -qF "$words" r.html || fail "the page has not $words"
done

says 'there is no' 1 "$train" learnt.csv --label kind
says 'there is no' 1 "$train" learnt.csv --label species --drop kind
says 'no.csv' 1 "$train" no.csv --label species
says '--label' 2 "$train" learnt.csv
says '--task' 2 "$train" learnt.csv --label species --task many
says 'has 3 classes' 1 "$train" learnt.csv --label species --task binary
says 'no_folder' 1 "$train" learnt.csv --label species --save no_folder/model
says 'learnt.csv' 1 "$predict" learnt.csv new.csv
says 'bill_depth_mm' 1 "$predict" model.safetensors predicted.csv
exit $status
