public import DecartAPI
public import RunClock

extension Blob {
    private static let chunkSize = 1 << 20

    /// Writes the blob to the file at `path`, which is whole or not there. Makes no folders; a file that is there
    /// already is replaced once the new one is whole. Behind a symbolic link it is the file that the link leads to.
    ///
    /// - Throws: `INVALID_OPTIONS`, naming the path and what is wrong with it or with the disk.
    public func save(to path: BytePath, on clock: any RunClock = SystemClock()) async throws(DecartError) {
        do throws(FileWriteError) {
            let file = try await AtomicFile.create(path, on: clock)
            do throws(FileWriteError) {
                try await write(to: file, clock)
                try await file.commit()
            } catch {
                await file.discard()
                throw error
            }
        } catch {
            throw DecartError(
                .invalidOptions, "Cannot write \(Excerpt.quoted(error.path.bytes, limit: 200)): \(error.reason).",
                cause: error.reason)
        }
    }

    /// The same to a path that is text.
    public func save(to path: String, on clock: any RunClock = SystemClock()) async throws(DecartError) {
        try await save(to: BytePath(path), on: clock)
    }

    /// All its bytes. A great blob is read from its file.
    ///
    /// - Throws: `INVALID_INPUT` if that file cannot be read any more.
    public func bytes(on clock: any RunClock = SystemClock()) async throws(DecartError) -> [UInt8] {
        switch storage {
        case .memory(let bytes): return bytes
        case .file(let file, let size):
            do throws(SystemError) {
                return try await FileWork.run(on: clock) { () throws(SystemError) in
                    let open = try OpenFile(reading: file.path)
                    var all: [UInt8] = []
                    all.reserveCapacity(size)
                    while all.count < size {
                        let chunk = try open.read(upTo: min(Self.chunkSize, size - all.count))
                        guard !chunk.isEmpty else { break }
                        all += chunk
                    }
                    return all
                }
            } catch {
                throw DecartError(
                    .invalidInput,
                    "The file \(Excerpt.quoted(file.path.bytes, limit: 200)) of this Blob cannot be read: "
                        + "\(error.message).", cause: error.message)
            }
        }
    }

    /// Calls `body` with all its bytes, piece by piece.
    ///
    /// - Throws: as `bytes(on:)`.
    package func forEachChunk(
        on clock: any RunClock, _ body: ([UInt8]) async -> Void
    ) async throws(DecartError) {
        guard case .file(let source, let size) = storage else { return await body(try await bytes(on: clock)) }
        do throws(FileWriteError) {
            let open = try await reading(source, clock) { () throws(SystemError) in try OpenFile(reading: source.path) }
            while open.position < size {
                let room = min(Self.chunkSize, size - open.position)
                let chunk = try await reading(source, clock) { () throws(SystemError) in try open.read(upTo: room) }
                if chunk.isEmpty { break }
                await body(chunk)
            }
        } catch {
            throw DecartError(
                .invalidInput,
                "The file \(Excerpt.quoted(source.path.bytes, limit: 200)) of this Blob cannot be read: "
                    + "\(error.reason).", cause: error.reason)
        }
    }

    private func write(to file: AtomicFile, _ clock: any RunClock) async throws(FileWriteError) {
        switch storage {
        case .memory(let bytes):
            try await file.write(bytes)
        case .file(let source, let size):
            let open = try await reading(source, clock) { () throws(SystemError) in try OpenFile(reading: source.path) }
            while file.count < size {
                let room = min(Self.chunkSize, size - file.count)
                let chunk = try await reading(source, clock) { () throws(SystemError) in try open.read(upTo: room) }
                guard !chunk.isEmpty else {
                    throw FileWriteError(path: source.path, reason: "it became shorter meanwhile", isDestination: false)
                }
                try await file.write(chunk)
            }
        }
    }

    private func reading<T: Sendable>(
        _ source: TemporaryFile, _ clock: any RunClock, _ body: @escaping @Sendable () throws(SystemError) -> T
    ) async throws(FileWriteError) -> T {
        do throws(SystemError) {
            return try await FileWork.run(on: clock, body)
        } catch {
            throw FileWriteError(path: source.path, reason: error.message, isDestination: false)
        }
    }
}
