import Testing

@testable import DecartClient

struct IPNetworkTests {
    @Test(arguments: [
        ("192.0.2.0/24", "192.0.2.1", true), ("192.0.2.0/24", "192.0.3.1", false), ("192.0.2.77/24", "192.0.2.1", true),
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false),
        ("172.16.0.0/12", "172.31.255.255", true),
        ("172.16.0.0/12", "172.32.0.0", false), ("0.0.0.0/0", "8.8.8.8", false), ("0.0.0.0/0", "0.0.0.0", true),
        ("0.0.0.0/0", "fd00::1", false),
        ("192.0.2.1/32", "192.0.2.1", true), ("192.0.2.1/32", "192.0.2.0", false), ("192.0.2.1", "192.0.2.1", true),
        ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe00::1", false),
        ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
        ("fd00::1", "fd00:0:0::0001", true), ("::/0", "fd00::1", false), ("::/0", "::", true),
        ("192.0.2.0/24", "::ffff:192.0.2.9", true), ("::ffff:192.0.2.0/120", "192.0.2.9", true),
        ("::ffff:192.0.2.0/120", "192.0.3.9", false),
    ])
    func `an address is in a network, or not`(network: String, address: String, isIn: Bool) throws {
        let network = try #require(IPNetwork(network))
        let address = try #require(IPNetwork(address))
        #expect(network.contains(address) == isIn)
    }

    @Test func `a network is in itself and in a greater one, not in a smaller one`() throws {
        let (small, large) = (try #require(IPNetwork("10.1.0.0/16")), try #require(IPNetwork("10.0.0.0/8")))
        #expect(small.contains(small) && large.contains(small) && !small.contains(large))
    }

    @Test(arguments: [
        "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "fd00::/129",
        "10.0.0/8",
        "host", "host/24", "[fd00::1]", "[fd00::]/8", "10.0.0.0/8:80", "256.0.0.1", "1.2.3.4.5", "::g", "fd00::/8x",
        "10.0.0.0 /8",
    ])
    func `anything else is no network`(text: String) {
        #expect(IPNetwork(text) == nil)
    }
}
