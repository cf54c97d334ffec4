package import DecartAPI
package import RunClock

extension FileSystem {
    /// Makes a file of these bytes, which is whole or not there; it takes the place of one that is there already.
    package static func write(
        _ bytes: [UInt8], to path: BytePath, on clock: any RunClock
    ) async throws(FileSystemError) {
        do throws(FileWriteError) {
            let file = try await AtomicFile.create(path, on: clock)
            do throws(FileWriteError) {
                try await file.write(bytes)
                try await file.commit()
            } catch {
                await file.discard()
                throw error
            }
        } catch {
            throw FileSystemError(error.reason)
        }
    }
}
