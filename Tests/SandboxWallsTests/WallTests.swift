import Foundation
import SandboxWalls
import TestSupport
import Testing

/// What code that has got out of Lua would try, in a process of its own behind the walls: each is refused by the kernel,
/// by an errno that the test names. Where the kernel has no Landlock, this is skipped.
@Suite(
    .enabled(if: KernelWalls.missing.isEmpty, "this kernel lacks what the walls are made of"), .timeLimit(.minutes(5)))
struct WallTests {
    private func probe(_ words: String..., in scratch: ScratchFolder) async throws -> [String] {
        let prober = URL(fileURLWithPath: try Repository.program()).deletingLastPathComponent()
            .appendingPathComponent("wall-prober").path
        let outcome = try await ChildProgram(prober, folder: scratch.path).run(words)
        #expect(outcome.errors.isEmpty && outcome.exitCode == 0, "\(outcome.everything)")
        return outcome.output.split(separator: "\n").map(String.init)
    }

    @Test func `files are as they were allowed`() async throws {
        let scratch = try ScratchFolder()
        try scratch.write("in/a", "a")
        try scratch.write("out/b", "b")
        try scratch.write("secret", "s")
        try FileManager.default.createSymbolicLink(
            atPath: scratch.file("in/link"), withDestinationPath: scratch.file("secret"))
        let found = try await probe(
            "read=in", "write=out", "raise", "open:in/a", "overwrite:in/a", "create:in/new", "remove:in/a",
            "open:out/b",
            "overwrite:out/b", "create:out/new", "open:secret", "open:in/../secret", "open:in/link",
            "open:/proc/self/root\(scratch.file("secret"))", "open:\(scratch.file("in/../secret"))", "link:secret",
            "symlink:secret", "chmod:out/b", "truncate:in/a", "bare:secret", "bare:in/a", "empty:in/a", "empty:out/b",
            "remove:out/b", in: scratch)
        #expect(
            found == [
                "open:in/a ok", "overwrite:in/a EACCES", "create:in/new EACCES", "remove:in/a EACCES",
                "open:out/b EACCES", "overwrite:out/b ok", "create:out/new ok", "open:secret EACCES",
                "open:in/../secret EACCES", "open:in/link EACCES",
                "open:/proc/self/root\(scratch.file("secret")) EACCES", "open:\(scratch.file("in/../secret")) EACCES",
                "link:secret EPERM", "symlink:secret EPERM", "chmod:out/b EPERM", "truncate:in/a EPERM",
                "bare:secret EPERM", "bare:in/a EPERM", "empty:in/a EPERM", "empty:out/b EPERM", "remove:out/b ok",
            ])
        #expect(scratch.text("in/a") == "a")
    }

    @Test func `no program is started, no socket made, and threads go on`() async throws {
        let found = try await probe(
            "raise", "exec:/bin/true", "fork", "thread", "socket:inet", "socket:unix", "socket:packet", "connect:9",
            "type", "capabilities", "prctl:4", "prctl:22", in: try ScratchFolder())
        #expect(
            found == [
                "exec:/bin/true EPERM", "fork EPERM", "thread ok", "socket:inet EPERM", "socket:unix EPERM",
                "socket:packet EPERM", "connect:9 EPERM", "type EPERM", "capabilities EPERM", "prctl:4 EPERM",
                "prctl:22 EPERM",
            ])
    }

    @Test func `another process is neither signalled nor read nor traced`() async throws {
        let other = ProcessInfo.processInfo.processIdentifier
        let found = try await probe(
            "read=/", "raise", "signal:\(other)", "trace:\(other)", "peek:\(other)", "open:/proc/\(other)/environ",
            "open:/proc/\(other)/mem", "open:/proc/\(other)/maps", in: try ScratchFolder())
        #expect(found[..<3] == ["signal:\(other) EPERM", "trace:\(other) EPERM", "peek:\(other) EPERM"])
        for line in found[3...] { #expect(line.hasSuffix(" EACCES") || line.hasSuffix(" EPERM"), "\(line)") }
    }

    static let calls = [
        "io_uring_setup", "bpf", "keyctl", "add_key", "unshare", "setns", "mount", "userfaultfd", "perf_event_open",
        "memfd_create", "pidfd_open", "socketpair", "personality", "init_module", "kexec_load", "reboot", "chroot",
        "inotify_init1", "msgget", "shmget", "process_vm_writev", "utimensat", "setxattr", "fchown",
        "ptrace",
    ]

    @Test(arguments: calls)
    func `a call that no script needs is refused`(_ call: String) async throws {
        #expect(try await probe("raise", "call:\(call)", in: try ScratchFolder()) == ["call:\(call) EPERM"])
    }

    @Test func `clone3, whose flags no filter sees, is said not to be there`() async throws {
        #expect(try await probe("raise", "call:clone3", in: try ScratchFolder()) == ["call:clone3 ENOSYS"])
    }

    @Test func `no file's events become signals to others`() async throws {
        // F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY; and those that are left: F_GETFD, F_GETFL.
        let found = try await probe(
            "run", "raise", "fcntl:8", "fcntl:10", "fcntl:15", "fcntl:1024", "fcntl:1026", "fcntl:1", "fcntl:3",
            in: try ScratchFolder())
        #expect(
            found == [
                "fcntl:8 EPERM", "fcntl:10 EPERM", "fcntl:15 EPERM", "fcntl:1024 EPERM", "fcntl:1026 EPERM",
                "fcntl:1 ok",
                "fcntl:3 ok",
            ])
    }

    @Test func `what may be listed may not be read`() async throws {
        let scratch = try ScratchFolder()
        try scratch.write("in/a", "a")
        #expect(
            try await probe("list=.", "raise", "open:in", "open:in/a", in: scratch) == [
                "open:in ok", "open:in/a EACCES",
            ])
    }

    @Test func `memory has a bound`() async throws {
        let found = try await probe(
            "memory=67108864", "raise", "allocate:1048576", "allocate:134217728", in: try ScratchFolder())
        #expect(found == ["allocate:1048576 ok", "allocate:134217728 ENOMEM"])
    }

    @Test func `a program that is allowed lives behind the same walls`() async throws {
        let scratch = try ScratchFolder()
        try scratch.write("secret", "s")
        let found = try await probe(
            "read=/usr", "read=/lib", "read=/lib64", "execute=/usr", "execute=/lib", "execute=/lib64", "run", "raise",
            "fork", "socket:inet", "exec:/usr/bin/true", in: scratch)
        #expect(found == ["fork ok", "socket:inet EPERM"])
    }
}
