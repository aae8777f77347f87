#!/bin/sh
echo "# touched" >> "$1"
