# For tests of pg-load --upsert. Needs lib/common and lib/records.

# effects [FILE]: those of the verdicts, in the order of ./out.
effects() { grep -oP '"effect":"\K[^"]*' "${1:-out}" | xargs; }
