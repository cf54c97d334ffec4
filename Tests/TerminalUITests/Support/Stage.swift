import LiveDocument
import RunClock

@testable import TerminalUI

/// A document shown on a terminal in memory, in virtual time.
final class Stage {
    let device: MemoryDevice
    let clock = VirtualClock()
    let renderer: TerminalRenderer
    var document = LiveDocument()

    init(columns: Int = 60, rows: Int = 12, colour: Bool = false, holdsOutput: Bool = true) {
        device = MemoryDevice(columns: columns, rows: rows)
        renderer = TerminalRenderer(
            device: device, clock: clock, style: TerminalStyle(hasColour: colour, hasBlocks: true),
            holdsOutput: holdsOutput)
    }

    /// The script comes to a wait of that many milliseconds.
    func wait(_ milliseconds: Int = 50) {
        renderer.update(from: &document)
        clock.advance(by: .milliseconds(milliseconds))
    }

    func set(_ name: String, _ text: String) {
        document.set(.textContent, of: document.element(named: name), to: .text(text))
    }

    func set(_ name: String, _ value: Double, of maximum: Double? = nil) {
        let id = document.element(named: name)
        document.set(.value, of: id, to: .number(value))
        if let maximum { document.set(.max, of: id, to: .number(maximum)) }
    }

    var screen: String { device.screen }
}
