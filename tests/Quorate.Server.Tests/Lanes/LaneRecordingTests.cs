using System.Text;
using Quorate.Journal;
using Quorate.Journal.Events;
using Quorate.Server.Lanes;

namespace Quorate.Server.Tests.Lanes;

/// <summary>What lanes have written must be read for ever: each event in the bytes that stand in journals.</summary>
public class LaneRecordingTests
{
    static readonly LaneCoin coin = new("aa:0", 5_000, true, 7, false, 2);

    static readonly (NonceEvent Event, string Type, string Json)[] nonces =
    [
        (new NonceEvent.Observed(3, 5, 2), "nonces-observed", """{"mined":3,"pending":5,"final":2}"""),
        (new NonceEvent.Reserved("trf_1", 5, 21_000_000_000_000UL), "nonce-reserved", """{"holder":"trf_1","nonce":5,"envelope":"21000000000000"}"""),
        (new NonceEvent.Bound("trf_1", 5, "0xab", 7UL), "nonce-bound", """{"holder":"trf_1","nonce":5,"transaction":"0xab","fee":"7"}"""),
        (new NonceEvent.Released("trf_1", 5), "nonce-released", """{"holder":"trf_1","nonce":5}"""),
        (new NonceEvent.Abandoned("trf_1", 5), "nonce-abandoned", """{"holder":"trf_1","nonce":5}"""),
        (new NonceEvent.Recalled("trf_1", 5), "nonce-recalled", """{"holder":"trf_1","nonce":5}"""),
    ];

    static readonly (CoinEvent Event, string Type, string Json)[] coins =
    [
        (new CoinEvent.CoinsObserved([coin], ["bb:1"]), "coins-observed",
            """{"added":[{"point":"aa:0","value":5000,"isChange":true,"index":7,"isConfirmed":false,"generation":2}],"gone":["bb:1"]}"""),
        (new CoinEvent.CoinsReserved("trf_1", ["aa:0"], 900), "coins-reserved", """{"holder":"trf_1","coins":["aa:0"],"envelope":900}"""),
        (new CoinEvent.SpendBound("trf_1", "d1", 300), "spend-bound", """{"holder":"trf_1","draft":"d1","fee":300}"""),
        (new CoinEvent.SpendSent("trf_1", "d1", "cc", null), "spend-sent", """{"holder":"trf_1","draft":"d1","transaction":"cc","change":null}"""),
        (new CoinEvent.SpendIncluded("trf_1", "cc"), "spend-included", """{"holder":"trf_1","transaction":"cc"}"""),
        (new CoinEvent.SpendReorganised("trf_1"), "spend-reorganised", """{"holder":"trf_1"}"""),
        (new CoinEvent.SpendEnded("trf_1", "cc"), "spend-ended", """{"holder":"trf_1","transaction":"cc"}"""),
        (new CoinEvent.CoinsReleased("trf_1"), "coins-released", """{"holder":"trf_1"}"""),
        (new CoinEvent.SpendAbandoned("trf_1"), "spend-abandoned", """{"holder":"trf_1"}"""),
    ];

    static readonly (LifetimeEvent Event, string Type, string Json)[] lifetimes =
    [
        (new LifetimeEvent.NonceAdded("n1"), "nonce-account-added", """{"nonce":"n1"}"""),
        (new LifetimeEvent.NonceObserved("n1", "v1", 9), "nonce-account-observed", """{"nonce":"n1","value":"v1","slot":9}"""),
        (new LifetimeEvent.LifeReserved("trf_1", "n1"), "life-reserved", """{"holder":"trf_1","nonce":"n1"}"""),
        (new LifetimeEvent.LifeBound("trf_1", "m1", "v1", 9, 160), "life-bound",
            """{"holder":"trf_1","message":"m1","value":"v1","firstSlot":9,"lastHeight":160}"""),
        (new LifetimeEvent.LifeEnded("trf_1", "v1"), "life-ended", """{"holder":"trf_1","value":"v1"}"""),
        (new LifetimeEvent.LifeSettled("trf_1"), "life-settled", """{"holder":"trf_1"}"""),
        (new LifetimeEvent.LifeReleased("trf_1"), "life-released", """{"holder":"trf_1"}"""),
        (new LifetimeEvent.LifeAbandoned("trf_1"), "life-abandoned", """{"holder":"trf_1"}"""),
    ];

    static readonly (FundsEvent Event, string Type, string Json)[] funds =
    [
        (new FundsEvent.BalanceObserved("eip155:1/slip44:60", 12UL), "balance-observed", """{"asset":"eip155:1/slip44:60","balance":"12"}"""),
        (new FundsEvent.FundsHeld("trf_1", [new("eip155:1/slip44:60", 5UL)]), "funds-held",
            """{"holder":"trf_1","amounts":[{"asset":"eip155:1/slip44:60","amount":"5"}]}"""),
        (new FundsEvent.FundsSpent("trf_1"), "funds-spent", """{"holder":"trf_1"}"""),
        (new FundsEvent.FundsReturned("trf_1"), "funds-returned", """{"holder":"trf_1"}"""),
        (new FundsEvent.FundsReleased("trf_1"), "funds-released", """{"holder":"trf_1"}"""),
    ];

    [Fact]
    public void Every_event_of_a_nonce_lane_is_written_and_read_as_it_always_was() => Check(NonceEvent.Catalog, nonces);

    [Fact]
    public void Every_event_of_a_coin_lane_is_written_and_read_as_it_always_was() => Check(CoinEvent.Catalog, coins);

    [Fact]
    public void Every_event_of_a_lifetime_lane_is_written_and_read_as_it_always_was() => Check(LifetimeEvent.Catalog, lifetimes);

    [Fact]
    public void Every_event_of_a_funds_lane_is_written_and_read_as_it_always_was() => Check(FundsEvent.Catalog, funds);

    static void Check<T>(EventCatalog<T> catalog, (T Event, string Type, string Json)[] samples) where T : class
    {
        foreach (var (happened, type, json) in samples)
        {
            var written = catalog.Encode(happened);
            Assert.Equal((type, 1, json), (written.Type, written.SchemaVersion, Encoding.UTF8.GetString(written.Payload.Span)));
            Assert.Equal(written.Payload.ToArray(), catalog.Encode(catalog.Decode(Recorded(written))).Payload.ToArray());
        }
        Assert.Equal(
            typeof(T).GetNestedTypes(System.Reflection.BindingFlags.NonPublic).Where(t => t.IsSubclassOf(typeof(T))).Select(t => t.Name).Order(StringComparer.Ordinal),
            samples.Select(s => s.Event.GetType().Name).Order(StringComparer.Ordinal));
    }

    static RecordedEvent Recorded(NewEvent written) => new()
    {
        Position = 1, Stream = "s", Version = 1, Id = Guid.Empty, Type = written.Type, SchemaVersion = written.SchemaVersion,
        RecordedMicroseconds = 0, Payload = written.Payload, Hash = default,
    };
}
