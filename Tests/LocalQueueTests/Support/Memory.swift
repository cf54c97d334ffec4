import Foundation

enum Memory {
    /// Bytes of this process that are in memory now.
    static func resident() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}

/// The elements of an array, one at a time as they are asked for.
struct StreamedArray<Element: Sendable>: AsyncSequence, Sendable {
    struct AsyncIterator: AsyncIteratorProtocol {
        var rest: IndexingIterator<[Element]>
        let beforeEach: @Sendable () -> Void

        mutating func next() async -> Element? {
            beforeEach()
            return rest.next()
        }
    }

    let elements: [Element]
    let beforeEach: @Sendable () -> Void

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(rest: elements.makeIterator(), beforeEach: beforeEach)
    }
}

extension Array where Element: Sendable {
    func streamed(beforeEach: @escaping @Sendable () -> Void) -> StreamedArray<Element> {
        StreamedArray(elements: self, beforeEach: beforeEach)
    }
}
