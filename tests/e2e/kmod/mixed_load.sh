#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# mixed_load.sh SECONDS FOLDER, in the virtual machine: clients of all devices
# at once, some of which are killed, while some devices are removed and added
# again. FOLDER gets "wrong", what no client may say, and "counts". The devices
# are those of soak_test.py.
seconds=$1
folder=$2
driver=/sys/bus/platform/drivers/swaccel
read -r now _ </proc/uptime
end=$((${now%.*} + seconds))

busy() {
	read -r now _ </proc/uptime
	[ "${now%.*}" -lt "$end" ]
}

# What a client of a device says that is removed, or is not there just now.
# EINVAL is uacce's answer to an open() that meets the removal.
expected='the device was removed|the queue was disabled|No such|not a hisi_qm queue: |: /dev/[^ ]*: Invalid argument'

# one NUMBER NODE OPERATION [OPTION]...
one() {
	output=$folder/output.$1
	node=$2
	shift 2
	hisi-client --node "$node" --operation "$@" >"$output" 2>&1 &
	client=$!
	if [ $((RANDOM % 3)) = 0 ]; then
		sleep 0.$((RANDOM % 10))
		kill -9 $client 2>/dev/null
	fi
	wait $client
	case $? in
	0) good=$((good + 1)) ;;
	137) killed=$((killed + 1)) ;;
	*)
		refused=$((refused + 1))
		grep -Eq "$expected" "$output" || {
			echo "$node $*: $(cat "$output")" >>"$folder/wrong"
		}
		;;
	esac
}

# clients NUMBER DEVICE "OPERATION [OPTION]..."...
clients() {
	number=$1
	device=$2
	shift 2
	good=0 killed=0 refused=0
	while busy; do
		for operation in "$@"; do
			name=$(ls "/sys/devices/platform/$device/uacce" \
				2>/dev/null)
			[ "$name" ] || {
				sleep 0.05
				continue
			}
			# shellcheck disable=SC2086
			one "$number" "/dev/$name" $operation \
				--size $((RANDOM % 9 * RANDOM + 16)) \
				--timeout 120000
		done
	done
	echo "good $good killed $killed refused $refused" >>"$folder/counts"
}

# What the counters of a device that goes have come to.
keep() {
	sed -n 's/^completed \(.*\)/completed \1/p' \
		"/sys/kernel/debug/swaccel/$1/statistics" >>"$folder/counts"
}

plug() {
	rounds=0
	while busy; do
		for device in "hisi_zip 1" "hisi_sec2 1" "sw_zip 3" "sw_dma 1"; do
			# shellcheck disable=SC2086
			set -- $device
			keep "$1.$2"
			echo "$1.$2" >$driver/delete_device ||
				echo "delete $1.$2" >>"$folder/wrong"
			echo "$1 id=$2 node=0" >$driver/new_device ||
				echo "new $1.$2" >>"$folder/wrong"
			sleep 0.5
		done
		rounds=$((rounds + 1))
	done
	echo "rounds $rounds" >>"$folder/counts"
}

rm -rf "$folder"
mkdir "$folder"
: >"$folder/wrong"
clients 1 hisi_zip.1 gzip "zlib --part 8192" "deflate --list 1000" &
clients 2 hisi_zip.2 "zlib --api 2" "gzip --api 2 --part 7001" &
clients 3 hisi_sec2.1 sha256 aes-256-cbc "hmac-sha1 --part 256" aes-128-gcm \
	"md5 --list 777" aes-256-xts aes-256-cbc-hmac-sha512 \
	"aes-128-ccm --list 999" &
clients 4 hisi_sec2.2 "async --count 2000" sha512 aes-128-ctr aes-192-ecb \
	aes-192-ccm "aes-256-gcm --part 4096" \
	"aes-128-cbc-hmac-sha1 --list 1500" aes-192-cbc-hmac-sha256 &
swaccel-stress "$seconds" 3 /sys/class/uacce >"$folder/stress" 2>&1 &
stress=$!
plug
wait $stress || cat "$folder/stress" >>"$folder/wrong"
wait
for device in hisi_zip.1 hisi_zip.2 hisi_sec2.1 hisi_sec2.2 sw_dma.1 sw_sec.2 \
	sw_zip.3; do
	keep $device
done
cat "$folder/stress" >>"$folder/counts"
