using System.Text.Json.Nodes;
using Quorate.Chains.Bitcoin;
using Quorate.Testing;
using Quorate.Testing.Interop;

namespace Quorate.Chains.Tests.Bitcoin;

/// <summary>Byte for byte with @scure/btc-signer and bitcoinjs-lib: built here and finished there, and the reverse.</summary>
public class PeerTests
{
    static readonly Lazy<JsonLineProcess> process = new(() => new("node", Repository.PathOf("tests/interop/bitcoin/peer.mjs"), TimeSpan.FromMinutes(3)));

    // What one line carries: enough that the line costs nothing, not so much that the other waits.
    const int Batch = 100;

    [Fact]
    public void What_is_built_here_is_signed_there_to_the_same_bytes() => BuiltHere(0, 1000);

    [Fact, Trait("Category", "Slow")]
    public void Many_more_built_here_are_signed_there_to_the_same_bytes() => BuiltHere(10_000, 10_000);

    [Fact]
    public void What_is_built_there_is_understood_and_signed_here_to_the_same_bytes() => BuiltThere(0, 1000);

    [Fact, Trait("Category", "Slow")]
    public void Many_more_built_there_are_signed_here_to_the_same_bytes() => BuiltThere(10_000, 10_000);

    static void BuiltHere(ulong first, int count)
    {
        for (var start = 0; start < count; start += Batch)
        {
            var made = Enumerable.Range(start, Math.Min(Batch, count - start)).Select(i =>
            {
                using var scene = new Scene(first + (ulong)i);
                var plan = RandomPlan(scene);
                return (Psbt: plan.Psbt.Encode(), Signed: scene.SignedBy(plan.Psbt, scene.Context()), Keys: KeysOf(scene, plan.Coins.Select(c => c.Owner)));
            }).ToArray();
            var answers = Call("psbts.finish", made.Select(m => new JsonObject { ["psbt"] = Hex(m.Psbt), ["keys"] = m.Keys }));
            foreach (var (ours, theirs) in made.Zip(answers))
            {
                Assert.Equal(Hex(ours.Signed), theirs["signed"]!.GetValue<string>());
                Assert.Equal(BitcoinTransaction.Decode(ours.Signed).Id.ToString(), theirs["id"]!.GetValue<string>());
                // What the others write of it is the same PSBT, however they order it.
                foreach (var name in (string[])["scure", "bitcoinjs"])
                    Assert.Equal(Hex(ours.Psbt), Hex(Psbt.Import(Convert.FromHexString(theirs[name]!.GetValue<string>())).Encode()));
            }
        }
    }

    static void BuiltThere(ulong first, int count)
    {
        for (var start = 0; start < count; start += Batch)
        {
            var scenes = Enumerable.Range(start, Math.Min(Batch, count - start)).Select(i => new Scene(first + (ulong)i)).ToArray();
            var asked = scenes.Select(scene => (Plan: RandomPlan(scene), Scene: scene)).ToArray();
            var answers = Call("transactions.build", asked.Select(a => Spec(a.Scene, a.Plan)));
            foreach (var ((plan, scene), theirs) in asked.Zip(answers))
            {
                using (scene)
                {
                    var psbt = Psbt.Import(Convert.FromHexString(theirs["psbt"]!.GetValue<string>()));
                    Assert.Equal(theirs["unsigned"]!.GetValue<string>(), Hex(psbt.Transaction.Encode()));
                    Assert.Equal(plan.Psbt.Transaction.Id, psbt.Transaction.Id);
                    var effects = scene.Format.Decode(psbt.Encode(), scene.Context());
                    Assert.Empty(effects.NotUnderstood);
                    Assert.Equal<Effect>([.. scene.Format.Decode(plan.Psbt.Encode(), scene.Context()).Items], [.. effects.Items]);
                    Assert.Equal(plan.Fee, effects.Fee!.Maximum);
                    Assert.Equal(theirs["signed"]!.GetValue<string>(), Hex(scene.SignedBy(psbt, scene.Context())));
                }
            }
        }
    }

    // Every hash type and form, more than a wallet would sign: bitcoinjs-lib has all of them.
    [Fact]
    public void Digests_agree()
    {
        using var scene = new Scene(77);
        List<(byte[] Digest, JsonObject Asked)> cases = [];
        int[] types = [1, 2, 3, 0x81, 0x82, 0x83];
        for (var i = 0; i < 2000; i++)
        {
            var inputs = Enumerable.Range(0, 1 + scene.Random.Below(4)).Select(_ => new TxInput(scene.Point(), (uint)scene.Random.Below(int.MaxValue))).DistinctBy(x => x.Previous).ToArray();
            var outputs = Enumerable.Range(0, 1 + scene.Random.Below(4)).Select(_ => new TxOutput((ulong)scene.Random.Below(int.MaxValue), scene.AnyScript())).ToArray();
            var transaction = new BitcoinTransaction((uint)scene.Random.Below(3), [.. inputs], [.. outputs], (uint)scene.Random.Below(int.MaxValue));
            var spent = inputs.Select(_ => new TxOutput((ulong)scene.Random.Below(int.MaxValue), scene.AnyScript())).ToArray();
            var index = scene.Random.Below(inputs.Length);
            var form = i % 3;
            if (form == 0)
                spent[index] = new(spent[index].Value, OutputScript.Witness(1, scene.Bytes(32)));
            var type = form == 2 ? 1 : form == 0 && i % 7 == 0 ? 0 : types[scene.Random.Below(types.Length)];
            if (form == 0 && (type & 3) == 3 && index >= outputs.Length)
                continue;
            var scriptCode = OutputScript.KeyHash(scene.Bytes(20));
            var (hash, digest) = (new SignatureHash(transaction, spent), new byte[32]);
            switch (form)
            {
                case 0:
                    hash.TaprootKey(index, (SighashType)type, digest);
                    break;
                case 1:
                    hash.Version0(index, scriptCode, (SighashType)type, digest);
                    break;
                default:
                    hash.Legacy(index, scriptCode, digest);
                    break;
            }
            cases.Add((digest, new()
            {
                ["transaction"] = Hex(transaction.Encode()), ["index"] = index, ["type"] = type, ["form"] = form == 0 ? "taproot" : form == 1 ? "version0" : "legacy",
                ["scriptCode"] = Hex(scriptCode), ["spent"] = new JsonArray([.. spent.Select(Output)]),
            }));
        }
        foreach (var ((digest, _), answer) in cases.Zip(Call("digests", cases.Select(c => c.Asked))))
            Assert.Equal(Hex(digest), answer.GetValue<string>());
    }

    [Theory]
    [InlineData("mainnet")]
    [InlineData("testnet")]
    [InlineData("regtest")]
    public void Addresses_agree_in_both_directions(string name)
    {
        using var scene = new Scene(78);
        var format = new BitcoinFormat(name switch { "mainnet" => BitcoinNetwork.Mainnet, "testnet" => BitcoinNetwork.Testnet, _ => BitcoinNetwork.Regtest });
        var scripts = Enumerable.Range(0, 1000).Select(_ => scene.AnyScript()).Where(s => OutputScript.Classify(s) != ScriptKind.PublicKey).ToArray();
        var texts = scripts.Select(s => format.AddressOf(s)!.Text).ToArray();

        var formatted = Call("addresses.format", scripts.Select(s => new JsonObject { ["script"] = Hex(s), ["network"] = name }));
        Assert.Equal(texts, formatted.Select(a => a["text"]!.GetValue<string>()));
        // Right ones, and ones with a character changed or put in another case: accepted here only as there.
        var mutated = texts.Select((t, i) => i % 3 == 0 ? t : i % 3 == 1 ? t.ToUpperInvariant() : t[..10] + (t[10] == 'q' ? 'p' : 'q') + t[11..]).ToArray();
        var parsed = Call("addresses.parse", mutated.Select(t => new JsonObject { ["text"] = t, ["network"] = name }));
        foreach (var (text, answer) in mutated.Zip(parsed))
        {
            string? found;
            try
            {
                found = Hex(format.ScriptOf(format.ParseAddress(text)));
            }
            catch (FormatException)
            {
                found = null;
            }
            Assert.True(answer["script"]?.GetValue<string>() == found, $"{text}: {found} here, {answer.ToJsonString()} there");
        }
    }

    static PlannedSpend RandomPlan(Scene scene)
    {
        var coins = Enumerable.Range(0, 1 + scene.Random.Below(5)).Select(_ => scene.Coin(100_000 + (ulong)scene.Random.Below(1_000_000))).ToArray();
        var change = scene.Key(Scene.Kinds[scene.Random.Below(4)]).Script;
        return Spending.Build(Scene.Network, scene.Request() with
        {
            Required = [.. coins], Change = change, Payments = [.. Enumerable.Range(0, 1 + scene.Random.Below(3)).Select(_ => scene.Pay(1000 + (ulong)scene.Random.Below(20_000)))],
            Memo = scene.Random.Below(3) == 0 ? scene.Bytes(1 + scene.Random.Below(80)) : default, FeeRate = new(1000 + (ulong)scene.Random.Below(20_000)),
            IsReplaceable = scene.Random.Below(2) == 0,
        }, scene.Random);
    }

    static JsonObject Spec(Scene scene, PlannedSpend plan)
    {
        var transaction = plan.Psbt.Transaction;
        var allTaproot = plan.Coins.All(c => c.Owner.Kind == KeyScript.Taproot);
        return new()
        {
            ["version"] = transaction.Version, ["lockTime"] = transaction.LockTime, ["keys"] = KeysOf(scene, plan.Coins.Select(c => c.Owner)),
            ["inputs"] = new JsonArray([.. plan.Coins.Select((coin, i) => new JsonObject
            {
                ["txid"] = coin.Point.Transaction.ToString(), ["index"] = coin.Point.Index, ["sequence"] = transaction.Inputs[i].Sequence,
                ["previous"] = allTaproot ? null : Hex(coin.Previous!.Encode()),
                ["witnessUtxo"] = coin.Owner.Kind == KeyScript.KeyHash ? null : Output(new TxOutput(coin.Value, coin.Owner.Script)),
                ["redeemScript"] = coin.Owner.RedeemScript is { } script ? Hex(script.Span) : null,
                ["internalKey"] = coin.Owner.Kind == KeyScript.Taproot ? Hex(coin.Owner.Key.Encode().AsSpan(1)) : null,
            })]),
            ["outputs"] = new JsonArray([.. transaction.Outputs.Select(Output)]),
        };
    }

    static JsonArray KeysOf(Scene scene, IEnumerable<WalletScript> owners) =>
        new([.. owners.Distinct().Select(owner => (JsonNode)Hex(scene.Keys.Single(k => k.Script == owner).Encoded))]);

    static JsonObject Output(TxOutput output) => new() { ["value"] = output.Value.ToString(), ["script"] = Hex(output.Script.Span) };

    static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>Which inputs of a signed transaction have a good signature, by the others' digests and verification.</summary>
    internal static bool[] Verify(BitcoinTransaction signed, IEnumerable<Coin> coins) =>
    [
        .. Call("transactions.verify", [new JsonObject
        {
            ["transaction"] = Hex(signed.Encode()),
            ["spent"] = new JsonArray([.. coins.Select(coin => Output(new TxOutput(coin.Value, coin.Owner.Script)))]),
        }])[0].AsArray().Select(n => n!.GetValue<bool>()),
    ];

    static JsonNode[] Call(string operation, IEnumerable<JsonNode> items) =>
        [.. process.Value.Call(operation, new() { ["items"] = new JsonArray([.. items]) })!.AsArray().Select(n => n!)];
}
