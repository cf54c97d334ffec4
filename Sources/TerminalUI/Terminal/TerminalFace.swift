public import LiveDocument
public import RunClock
import Synchronization

/// Shows a document live on the terminal, under the script's own output; see `LiveRegion`. When it is closed the last
/// state stays as plain lines.
public final class TerminalFace: DocumentFace, Sendable {
    /// The document as it stood at the script's last wait. Locked for moments only: the script's thread comes by here.
    private struct Copy {
        var document = LiveDocument()
        var watches = Stopwatches()
    }

    private struct Screen {
        var region: LiveRegion
        var size: TerminalSize
        var isOpen = false
        var isClosed = false
    }

    private struct Schedule {
        var pace = FramePace()
        var wake: WakeID?
    }

    private let device: any TerminalDevice
    private let clock: any RunClock
    private let style: TerminalStyle
    private let holdsOutput: Bool
    /// Shows the document where no pseudo-terminal can be had.
    private let fallback: LineFace
    private let copy = Mutex(Copy())
    private let screen: Mutex<Screen>
    private let schedule = Mutex(Schedule())
    private let isFallingBack = Atomic(false)

    /// More than this of the script's output is shown without waiting for the next frame.
    private static let heldLimit = 1 << 14

    /// The terminal on standard error; nil if that is none.
    /// - Parameters:
    ///   - clock: when frames are drawn. It has to go on while the script's thread is busy.
    ///   - holdsOutput: whether what the script writes waits for the next frame, so that the region does not flicker;
    ///     not to be where the clock's time may stand still.
    public convenience init?(
        clock: any RunClock, style: TerminalStyle, holdsOutput: Bool, show: @escaping @Sendable (String) -> Void
    ) {
        guard let device = PseudoTerminal() else { return nil }
        self.init(device: device, clock: clock, style: style, holdsOutput: holdsOutput, show: show)
    }

    init(
        device: any TerminalDevice, clock: any RunClock, style: TerminalStyle, holdsOutput: Bool = true,
        show: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.device = device
        self.clock = clock
        self.style = style
        self.holdsOutput = holdsOutput
        fallback = LineFace(.plain, clock: clock, show: show)
        let size = device.size
        screen = Mutex(Screen(region: LiveRegion(columns: size.columns), size: size))
    }

    // MARK: From the script's side

    public func look(at document: inout LiveDocument) {
        guard document.hasElements || !document.title.isEmpty else { return }
        if isFallingBack.load(ordering: .relaxed) { return fallback.look(at: &document) }
        let now = clock.now
        let isFirst = copy.withLock { copy -> Bool? in
            guard document.hasChanges(since: copy.document.sequence),
                let patch = document.patch(since: copy.document.sequence)
            else { return nil }
            let isFirst = copy.document.sequence == 0
            copy.document.apply(patch)
            return isFirst
        }
        guard let isFirst else { return }
        if isFirst, !open() {
            isFallingBack.store(true, ordering: .relaxed)
            return fallback.look(at: &document)
        }
        want(at: now)
    }

    /// The terminal has another size now.
    public func resized() {
        let size = device.size
        screen.withLock { screen in
            screen.size = size
            screen.region.resize(columns: size.columns)
        }
        device.pass(size)
        want(at: clock.now)
    }

    /// Shows what is left, leaves the last state as plain lines, and gives the terminal back. May be called twice, and
    /// from any thread.
    public func close() {
        fallback.close()
        screen.withLock { screen in
            guard screen.isOpen, !screen.isClosed else { return }
            screen.isClosed = true
            device.end()
            screen.region.hold(device.read())
            let lines = copy.withLock { PlainLines.state(of: $0.document) }
            device.write(screen.region.close(lines))
        }
    }

    // MARK: Drawing

    private func open() -> Bool {
        screen.withLock { screen in
            guard device.begin({ [weak self] in self?.arrived() }) else { return false }
            screen.isOpen = true
            return true
        }
    }

    /// The script, or a program it started, has written something.
    private func arrived() {
        let shown = screen.withLock { screen in
            guard !screen.isClosed else { return false }
            screen.region.hold(device.read())
            if !holdsOutput || !screen.region.isShown || screen.region.heldCount > Self.heldLimit {
                device.write(screen.region.flush())
            }
            return true
        }
        if shown { want(at: clock.now) }
    }

    private func want(at instant: RunInstant) {
        schedule.withLock { schedule in
            guard let due = schedule.pace.want(at: instant) else { return }
            if let wake = schedule.wake { clock.cancelWake(wake) }
            schedule.wake = clock.wake(at: due) { [weak self] in self?.draw() }
        }
    }

    private func draw() {
        let now = clock.now
        schedule.withLock { schedule in
            schedule.pace.drawn(at: now)
            schedule.wake = nil
        }
        let next = screen.withLock { screen -> RunInstant? in
            guard screen.isOpen, !screen.isClosed else { return nil }
            let (rows, elapsed) = copy.withLock { copy in
                copy.watches.look(at: copy.document, now: now)
                return (RegionRow.rows(of: copy.document, copy.watches, now: now), copy.watches.elapsed(now: now))
            }
            let painter = RegionPainter(columns: screen.size.columns, limit: max(1, screen.size.rows - 2), style: style)
            screen.region.hold(device.read())
            device.write(screen.region.frame(painter.paint(rows)))
            // The clocks on the rows go on by themselves.
            let second = Int64(1_000_000_000)
            return rows.isEmpty ? nil : now + Duration.nanoseconds(second - elapsed.saturatingNanoseconds % second)
        }
        if let next { want(at: next) }
    }
}
