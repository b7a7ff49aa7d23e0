#!/bin/bash
# The 24-hour lane, from the offer over the second reviewer's pasted signature to the countdown, and the appeal
# panel's decision, in headless Chromium with scripts on and off.
. "$(dirname "$0")/lib.sh"
. tests/system/support/day.bash
. tests/system/people.bash
new_key tono # signs away from the server
. tests/system/console_people.bash
for name in sari tono rina dewi; do sign_in $name; done
run_day console_lane on "$(find_case 'data pemilih')" kpu-daftar.example overturn "$saring" "$state"
run_day console_lane off "$(find_case 'saldo pilkada')" bank-contoh-saldo.example uphold "$saring" "$state"
keep_weights console_lane
