import CTaskPool
import DecartAPI
import Glibc
import RunClock
import SandboxLink
import SandboxWalls
import SandboxedScript
import ScriptPermissions
import TemporaryFiles

/// This process as one that runs a script for a keeper: what it was told, and its end of the link.
struct SandboxedProcess {
    /// The first word of its command line, after the program's name. It works only where there is a keeper.
    static let word = "__script"
    private static let link = KernelWalls.link

    let options: ScriptOptions
    /// What it runs in place of a script, and the words after its name.
    let command: (name: Subcommand, words: [String])?
    let greeting: Greeting
    let connection: LinkConnection

    /// What Lua may hold unless `--memory` says otherwise, and what the whole process may have beside it.
    private static let standardMemory = 1 << 30
    private static let memoryBeside = 512 << 20

    var memory: Int { options.limits.memory ?? Self.standardMemory }

    /// Becomes such a process where the command line says so: raises the walls before anything of the script is read.
    ///
    /// - Returns: nil for any other command line.
    static func take() -> SandboxedProcess? {
        guard CommandLine.argc == 2, CommandWord.all[1] == word else { return nil }
        guard KernelWalls.isSocket(link) else {
            leave("'\(word)' is the program's own word, for scripts under --sandbox")
        }
        // The script's own: programs that it starts have no part in it.
        _ = fcntl(link, F_SETFD, FD_CLOEXEC)
        let greeting: Greeting
        let options: ScriptOptions
        let command: (name: Subcommand, words: [String])?
        do throws(LinkFault) {
            greeting = try LinkConnection.greeting(on: link)
        } catch {
            leave("\(error.description)")
        }
        do throws(UsageError) {
            let words = greeting.words.map { CommandWord.text(of: $0) }
            command = words.dropFirst().first.flatMap(Subcommand.init).map { ($0, Array(words.dropFirst(2))) }
            options = try ScriptOptions(command == nil ? words : Array(words.prefix(1)), isSandboxed: true)
        } catch {
            leave(error.message)
        }
        for variable in greeting.environment {
            setenv(cString(variable.name), cString(variable.value), 1)
        }
        if let folder = greeting.temporaryFolder {
            // Named once for all; the script has no use for the variable.
            setenv("TMPDIR", cString(folder), 1)
            _ = TemporaryFolder.process
            unsetenv("TMPDIR")
        }
        let process = SandboxedProcess(
            options: options, command: command, greeting: greeting,
            connection: LinkConnection(descriptor: link) {
                // Without a keeper there is nobody to do anything for.
                _exit(128 + SIGKILL)
            })
        if options.sandbox.mode == .kernel {
            task_pool_use()
            process.raiseWalls()
        }
        process.connection.start()
        return process
    }

    private func raiseWalls() {
        var plan = WallPlan(greeting.permissions, temporaryFolder: greeting.temporaryFolder)
        plan.memory = memory + Self.memoryBeside
        // What a program prints is collected in room for a gibibyte each, which is taken only as it fills.
        if !greeting.permissions.run.isEmpty { plan.memory? += 3 << 30 }
        plan.processorSeconds = options.limits.processorSeconds
        do throws(WallFailure) {
            try plan.raise()
        } catch {
            Self.leave("the script cannot be shut in: \(error.reason)")
        }
    }

    private static func cString(_ bytes: [UInt8]) -> [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }

    private static func leave(_ message: String) -> Never {
        Console().error(message)
        _exit(EXIT_FAILURE)
    }

    /// The variables that the script may see.
    var environment: RunEnvironment {
        let variables = Dictionary(
            greeting.environment.map {
                (String(decoding: $0.name, as: UTF8.self), String(decoding: $0.value, as: UTF8.self))
            }, uniquingKeysWith: { first, _ in first })
        return RunEnvironment(variables)
    }
}
