import DecartAPI
import DecartClient
import JobJournal
import RunClock

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The file beside a result, `saved.mp4.json` beside `saved.mp4`.
struct SidecarFile {
    let path: String
    let clock: any RunClock

    init(result: String, clock: any RunClock) {
        path = "\(result).json"
        self.clock = clock
    }

    /// The id of the job whose sidecar lies beside a result; nil where there is none.
    static func owner(of result: String) -> String? {
        guard let file = fopen("\(result).json", "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        // A file that is something else is nobody's we know: the result is not this job's then.
        return (try? JSONValue(parsing: Array(bytes[..<count])))?["id"]?.text ?? ""
    }

    /// Writes it whole or not at all, and never over a file that is something else.
    func write(_ provenance: JSONValue, tell: (String) -> Void) async {
        let path = path
        let isFree = await FileWork.run(on: clock) { () throws(Never) -> Bool in
            guard let file = fopen(path, "re") else { return errno == ENOENT }
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: 1 << 20)
            let count = fread(&bytes, 1, bytes.count, file)
            return Sidecar.isOurs(Array(bytes[..<count]))
        }
        guard isFree else {
            return tell("how the result was made is not written to \(path): there is another file of that name")
        }
        do throws(DecartError) {
            try await Blob(bytes: provenance.serialized() + [UInt8(ascii: "\n")], type: "application/json")
                .save(to: path, on: clock)
        } catch {
            tell("how the result was made could not be written to \(path): \(error.message)")
        }
    }
}
