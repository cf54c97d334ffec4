internal import CSandboxWalls
import Glibc

/// What the machine has to raise walls with, and what a keeper does with processes.
public enum KernelWalls {
    /// What is missing for a sandbox, in words; empty where nothing is.
    public static var missing: [String] {
        var missing: [String] = []
        if walls_landlock_version() == 0 { missing.append("Landlock (Linux 5.13 or newer, not switched off)") }
        if !walls_has_seccomp() { missing.append("seccomp in the kernel") }
        if !walls_has_library() { missing.append("the library libseccomp.so.2 (Debian: libseccomp2)") }
        return missing
    }

    /// 0 where there is none.
    public static var landlockVersion: Int { Int(walls_landlock_version()) }

    /// Whether that descriptor is open, and a socket.
    public static func isSocket(_ descriptor: Int32) -> Bool {
        var facts = stat()
        return fstat(descriptor, &facts) == 0 && facts.st_mode & S_IFMT == S_IFSOCK
    }

    /// Nobody but root can read this process's memory or environment from now on.
    public static func hideProcess() throws(WallFailure) {
        let failure = walls_hide_process()
        guard failure == 0 else {
            throw WallFailure("the keeper cannot hide its memory: \(String(cString: strerror(failure)))")
        }
    }

    /// Starts this program again, with nothing but those descriptors as 0, 1, 2 and 3.
    ///
    /// The process is killed when the calling thread ends.
    public static func startAgain(_ words: [[UInt8]], descriptors: [Int32]) throws(WallFailure) -> Int32 {
        var pointers = words.map { strdup($0.map { CChar(bitPattern: $0) } + [0]) }
        defer { for pointer in pointers { free(pointer) } }
        pointers.append(nil)
        var process: Int32 = 0
        let failure = walls_spawn(pointers, descriptors, &process)
        guard failure == 0 else {
            throw WallFailure("the script process cannot be started: \(String(cString: strerror(failure)))")
        }
        return process
    }

    /// Waits for the end of a process, the only one that this one has started: its exit status, or 128 and the signal's number.
    public static func wait(for process: Int32) -> Int32 {
        var status: Int32 = EXIT_FAILURE
        return walls_wait(process, &status) == 0 ? status : EXIT_FAILURE
    }

    /// Makes what a script process leaves behind this process's own to end.
    public static func adoptOrphans() throws(WallFailure) {
        let failure = walls_adopt()
        guard failure == 0 else {
            throw WallFailure(errno: failure, "what the script starts cannot be held together")
        }
    }

    /// Ends all that was started by children, and by children of theirs. Blocks until there is none.
    public static func killChildren() { walls_kill_children() }

    /// The descriptor of a script process's link to its keeper.
    public static var link: Int32 { Int32(WALLS_LINK) }

    /// Opens a file below a folder, through no symbolic link and never outside of it.
    ///
    /// - Returns: the descriptor, or nil with errno.
    public static func open(_ path: [UInt8], beneath folder: Int32) -> Int32? {
        let opened = walls_open_beneath(folder, path.map { CChar(bitPattern: $0) } + [0])
        guard opened < 0 else { return opened }
        errno = -opened
        return nil
    }
}
