// Judges checkpoints and proofs of a log of accesses with Go's own packages for signed notes and transparency logs, which
// know nothing of medseal.
//
//	judge KEY_FILE CHECKPOINT_FILE                  the note is signed by the key
//	judge KEY_FILE CHECKPOINT_FILE PROOF_FILE       and the proof's entry is in its log, or its log goes on from
//	judge KEY_FILE OLDER_FILE PROOF_FILE growth     what the older checkpoint was signed of
package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type proof struct {
	Proof      string
	From       int64
	Size       int64
	Leaf       string
	Hashes     []string
	Checkpoint string
}

type tree struct {
	size int64
	root tlog.Hash
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "judge:", err)
		os.Exit(1)
	}
}

func read(path string) []byte {
	content, err := os.ReadFile(path)
	must(err)
	return content
}

func hash(text string) (out tlog.Hash) {
	bytes, err := hex.DecodeString(text)
	must(err)
	if copy(out[:], bytes) != len(out) || len(bytes) != len(out) {
		must(fmt.Errorf("a hash of another size"))
	}
	return out
}

// The tree that a checkpoint names, once its signature holds.
func open(text []byte, verifier note.Verifier) tree {
	opened, err := note.Open(text, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		must(fmt.Errorf("the checkpoint is of another log than the key"))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	must(err)
	var out tree
	out.size = size
	if copy(out.root[:], root) != len(out.root) {
		must(fmt.Errorf("a root of another size"))
	}
	return out
}

func main() {
	if len(os.Args) < 3 {
		must(fmt.Errorf("KEY_FILE and CHECKPOINT_FILE are needed"))
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(read(os.Args[1]))))
	must(err)
	given := open(read(os.Args[2]), verifier)
	fmt.Printf("signed: %d entries\n", given.size)
	if len(os.Args) == 3 {
		return
	}
	var p proof
	must(json.Unmarshal(read(os.Args[3]), &p))
	newest := open([]byte(p.Checkpoint), verifier)
	var hashes []tlog.Hash
	for _, text := range p.Hashes {
		hashes = append(hashes, hash(text))
	}
	if len(os.Args) == 4 {
		must(tlog.CheckRecord(hashes, newest.size, newest.root, p.From, hash(p.Leaf)))
		fmt.Printf("proven: entry %d of %d\n", p.From, newest.size)
		return
	}
	must(tlog.CheckTree(hashes, newest.size, newest.root, given.size, given.root))
	fmt.Printf("proven: %d goes on from %d\n", newest.size, given.size)
}
