import DecartAPI
import RunClock
import Synchronization

/// Keeps a download in memory up to a bound, beyond it in a temporary file.
final class SpillingSink: ByteSink {
    private enum Storage {
        case memory([UInt8])
        case file(OpenFile, TemporaryFile)
    }

    private let bound: Int
    private let folder: String
    private let clock: any RunClock
    private let storage = Mutex(Storage.memory([]))

    init(bound: Int, folder: String, clock: any RunClock) {
        self.bound = bound
        self.folder = folder
        self.clock = clock
    }

    var count: Int {
        storage.withLock { storage in
            switch storage {
            case .memory(let bytes): bytes.count
            case .file(let file, _): file.position
            }
        }
    }

    func write(_ bytes: [UInt8]) async throws(FileProblem) {
        enum Step {
            case kept
            case spill([UInt8])
            case append(OpenFile)
        }
        let step = storage.withLock { storage -> Step in
            switch storage {
            case .file(let file, _):
                return .append(file)
            case .memory(var kept):
                // Let go of the stored copy first, so that appending does not copy what is there.
                storage = .memory([])
                kept += bytes
                guard kept.count > bound else {
                    storage = .memory(kept)
                    return .kept
                }
                return .spill(kept)
            }
        }
        switch step {
        case .kept: break
        case .append(let file): try await work { () throws(SystemError) in try file.write(bytes) }
        case .spill(let all): try await spill(all)
        }
    }

    private func spill(_ bytes: [UInt8]) async throws(FileProblem) {
        let path = folder + "/decart-" + String(UInt64.random(in: .min ... .max), radix: 36)
        let opened = try await work { () throws(SystemError) in
            let file = try OpenFile(creating: path)
            let temporary = TemporaryFile(owning: path)
            try file.setRights(0o600)
            try file.write(bytes)
            return (file, temporary)
        }
        storage.withLock { $0 = .file(opened.0, opened.1) }
    }

    func restart() async throws(FileProblem) {
        storage.withLock { $0 = .memory([]) }
    }

    func discard() async {
        storage.withLock { $0 = .memory([]) }
    }

    func blob(type: String, name: String?) -> Blob {
        storage.withLock { storage in
            switch storage {
            case .memory(let bytes): Blob(bytes: bytes, type: type, name: name)
            case .file(let file, let temporary):
                Blob(storage: .file(temporary, size: file.position), type: type, name: name)
            }
        }
    }

    private func work<T: Sendable>(
        _ body: @escaping @Sendable () throws(SystemError) -> T
    ) async throws(FileProblem) -> T {
        do throws(SystemError) {
            return try await FileWork.run(on: clock, body)
        } catch {
            throw FileProblem(path: folder, reason: error.message, isDestination: false)
        }
    }
}
