mkdir saved && : >saved/saved_model.pb
printf '\010\001\022' >frozen.pb && zeros 100 >>frozen.pb
printf '\200\002}q' >model.pkl
echo '{"format": "layers-model"}' >model.json
echo '<!DOCTYPE html>' >page.h5
echo 'version https://git-lfs.github.com/spec/v1' >pointer.h5
for model in saved frozen.pb model.pkl model.json page.h5 pointer.h5; do octet inspect $model || echo $?; done
