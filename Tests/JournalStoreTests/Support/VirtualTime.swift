import RunClock

enum VirtualTime {
    static var clock: VirtualClock { VirtualClock(epoch: evening) }
}
