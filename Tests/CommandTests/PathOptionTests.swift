import Foundation
import TestSupport
import Testing

/// A path that was given on the command line is bytes, which need not be UTF-8.
@Suite(.timeLimit(.minutes(5)))
struct PathOptionTests {
    @Test func `a policy and a scenario are found by their bytes`() async throws {
        let outcome = try await Command().runThroughShell(
            #"""
            o=$(printf 'f\351'); mkdir "$o"
            echo 'return function(poll) print("asked") return nil end' > "$o/policy.lua"
            echo 'return function() return { { "pending", 1000000 }, "completed" } end' > "$o/scenario.lua"
            "$1" --local --policy="$o/policy.lua" --scenario "$o/scenario.lua" -e '
              local queue = decart.createDecartClient().queue
              local ok, e = pcall(queue.submitAndPoll, { model = "lucy-pro-t2v", prompt = "x" })
              print(ok, e.code)'
            """#)
        #expect(outcome.output == "asked\nfalse\tTIMEOUT\n", "\(outcome.errors)")
    }

    @Test func `test files are found by their bytes, named or below a folder, each for itself`() async throws {
        let outcome = try await Command().runThroughShell(
            #"""
            o=$(printf 'f\351'); p=$(printf 'f\352'); mkdir "$o"
            for file in "$o/$o" "$o/$p"; do
              echo 'local here = ... it("has its path " .. #here, function()
                assert.equal(0, require("decart.test").script("s.lua")) end)' > "${file}_test.lua"
            done
            echo 'print("x")' > "$o/s.lua"
            for files in "$o" . "$o/${o}_test.lua" "--tap" "--junit"; do
              "$1" test "$files" > report; echo "$? $(grep -c 'has its path 13\|has its path' report)"
            done
            grep -c '<testsuite ' report
            """#)
        #expect(outcome.output == "0 2\n0 2\n0 1\n0 2\n0 2\n2\n", "\(outcome.everything)")
    }

    @Test func `policies of the lab, a scenario of serve and the folder for types are found by their bytes`()
        async throws
    {
        let outcome = try await Command().runThroughShell(
            #"""
            o=$(printf 'f\351'); p=$(printf 'f\352'); mkdir "$o"
            echo 'return function() return 1000 end' > "$o/$o.lua"; echo 'return function() return 2000 end' > "$o/$p.lua"
            printf 'seconds\n5\n6\n' > "$o/$o.csv"
            "$1" lab --jobs 20 --durations "$o/$o.csv" --html "$o/$p.html" "$o/$o.lua" "$o/$p.lua" > report; echo "$?"
            test -s "$o/$p.html" && grep -c '^f' report
            "$1" types --to="$o/$p/types" && test -s "$o/$p/types/decart/test.lua" && echo types
            echo 'return function() return { "failed" } end' > "$o/s.lua"
            mkfifo url; "$1" serve --scenario "$o/s.lua" > url & read -r url < url
            "$1" --base-url "$url" -e '
              print(decart.createDecartClient({ apiKey = "x" }).queue.submitAndPoll({
                model = "lucy-pro-t2v", prompt = "x" }).status)'
            kill $!; wait
            """#)
        #expect(outcome.output == "0\n2\ntypes\nfailed\n", "\(outcome.everything)")
    }

    @Test(arguments: [["serve", "--db"], ["jobs", "--journal"], ["--local", "--journal"]])
    func `a path that SQLite cannot be given is refused`(words: [String]) async throws {
        let outcome = try await Command().runThroughShell(
            #""$1" \#(words.joined(separator: " ")) "$(printf 'f\351')"; echo $?; ls"#)
        #expect(outcome.output == "2\n", "\(outcome.everything)")
        #expect(outcome.errors.contains("UTF-8"), "\(outcome.errors)")
    }

    @Test(arguments: [
        ["work", "--journal"], ["work", "--to"], ["work", "--inputs"], ["work", "--label"], ["work", "--base-url"],
        ["jobs", "add", "--prompt"], ["jobs", "show"], ["resume"], ["spend", "--set"], ["doctor", "--journal"],
        ["doctor", "--base-url"], ["init"], ["models"], ["help"],
    ])
    func `a word that has to be text is refused if it is none, and nothing is made`(words: [String]) async throws {
        var command = try Command()
        command.environment["XDG_STATE_HOME"] = command.scratch.file("state")
        let outcome = try await command.runThroughShell(
            #""$1" \#(words.joined(separator: " ")) "$(printf 'f\351')"; echo $?; ls"#)
        #expect(outcome.output == "2\n", "\(outcome.everything)")
        #expect(outcome.errors.contains("takes UTF-8 only, not 'f\u{FFFD}'"), "\(outcome.errors)")
    }

    @Test func `a worker's script is found by its bytes`() async throws {
        var command = try Command()
        command.environment["XDG_STATE_HOME"] = command.scratch.file("state")
        let outcome = try await command.runThroughShell(
            #"""
            o=$(printf 'f\351')
            echo 'print("loaded") return function() end' > "$o.lua"
            "$1" work --once --base-url http://127.0.0.1:1 "$o.lua"; echo $?
            """#)
        #expect(outcome.output == "loaded\n0\n", "\(outcome.everything)")
    }

    @Test(arguments: ["jobs", "resume", "spend", "journal check", "doctor", "work --once"])
    func `a journal that is a pipe is refused, and not waited for`(words: String) async throws {
        let outcome = try await Command().runThroughShell(
            #"mkfifo pipe; "$1" \#(words) --journal pipe; echo "exit $?"; test -p pipe && echo pipe"#)
        #expect(outcome.output.hasSuffix("exit 1\npipe\n"), "\(outcome.everything)")
        #expect(outcome.everything.contains("it is a device, a pipe or a socket"), "\(outcome.everything)")
    }

    @Test func `what is written in place of a file goes where a link leads, and replaces no pipe`() async throws {
        let outcome = try await Command().runThroughShell(
            #"""
            echo 'return function() return 1000 end' > p.lua
            echo old > real.html; ln -s real.html link.html; mkfifo pipe
            "$1" lab --jobs 5 --html link.html p.lua > report; echo $?
            test -h link.html && grep -c '<html' real.html
            "$1" lab --jobs 5 --html pipe p.lua > report; echo $?
            test -p pipe && echo pipe
            mkdir types; ln -s ../types.lua types/decart.lua
            "$1" types --to types; echo $?
            test -h types/decart.lua && test -s types.lua && echo types
            ls -A . types
            """#)
        #expect(
            outcome.output
                == "0\n1\n1\npipe\n0\ntypes\n"
                + ".:\nlink.html\np.lua\npipe\nreal.html\nreport\ntypes\ntypes.lua\n\ntypes:\ndecart\ndecart.lua\n",
            "\(outcome.everything)")
        #expect(outcome.errors.contains("pipe cannot be written: it is not a regular file"), "\(outcome.errors)")
    }

    @Test func `a page is found by its bytes`() async throws {
        let outcome = try await Command().runThroughShell(
            #"""
            o=$(printf 'f\351'); mkdir "$o"; echo '<p id=a></p>' > "$o/page.html"
            "$1" --web --page "$o/page.html" -e 'print(document.getElementById("a") ~= nil) os.exit(0)'
            "$1" --web --page="$o/none.html" -e 'print("ran")'
            """#)
        #expect(outcome.output == "true\n", "\(outcome.errors)")
        #expect(outcome.errors.contains("cannot be read"))
    }

    @Test func `SIGQUIT ends the program at once, without a backtrace`() async throws {
        let outcome = try await Command().runThroughShell(
            #""$1" -e 'decart.exec({ "sh", "-c", "kill -QUIT $PPID" }) decart.sleep(60000) print("went on")'; echo $?"#)
        #expect(outcome.output == "131\n")
        #expect(!outcome.errors.contains("Thread 0"), "\(outcome.errors)")
    }
}
