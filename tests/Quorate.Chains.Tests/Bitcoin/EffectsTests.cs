using Quorate.Chains.Bitcoin;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Tests.Bitcoin;

/// <summary>What a transaction does, as a judge sees it, and what it does not let pass.</summary>
public class EffectsTests
{
    [Fact]
    public void What_was_built_is_what_is_decoded()
    {
        for (ulong seed = 0; seed < 300; seed++)
        {
            using var scene = new Scene(seed);
            var coins = Enumerable.Range(0, 1 + scene.Random.Below(6)).Select(_ => scene.Coin(100_000 + (ulong)scene.Random.Below(1_000_000))).ToArray();
            var memo = seed % 3 == 0 ? scene.Bytes(1 + scene.Random.Below(80)) : [];
            var payments = Enumerable.Range(0, 1 + scene.Random.Below(3)).Select(_ => scene.Pay(10_000 + (ulong)scene.Random.Below(10_000))).ToArray();
            var plan = Spending.Build(Scene.Network, scene.Request(coins) with { Payments = [.. payments], Memo = memo }, scene.Random);
            // Some payments go to keys of the scene; only the change and the coins are the wallet's.
            var own = coins.Select(c => c.Owner).Append(plan.Request.Change).Select(s => s.AddressOn(Scene.Network)).ToHashSet();
            var signer = coins[0].Owner.AddressOn(Scene.Network);

            var effects = scene.Format.Decode(plan.Psbt.Encode(), new(signer, Bip32Path.Root, own.Contains));

            Assert.Empty(effects.NotUnderstood);
            Assert.Equal(new Fee(signer, scene.Format.Coin, plan.Fee), effects.Fee);
            Effect[] expected =
            [
                .. payments.Select(p => new Effect.Transfer(signer, p.To, scene.Format.Coin, p.Value)),
                .. memo.Length > 0 ? [new Effect.Memo(Convert.ToHexStringLower(memo))] : Array.Empty<Effect>(),
            ];
            var found = effects.Items.ToList();
            if (plan.ChangeIndex is { } index)
            {
                var change = Assert.IsType<Effect.Transfer>(found[index]);
                Assert.True(change.ToSelf);
                Assert.Equal(plan.Request.Change.AddressOn(Scene.Network), change.Recipient);
                found.RemoveAt(index);
            }
            Assert.Equal(expected, found);
            // Nothing disappears: spent is paid, returned or fee.
            Assert.Equal(plan.Coins.Aggregate(0UL, (s, c) => s + c.Value), plan.Psbt.Transaction.Outputs.Aggregate(plan.Fee, (s, o) => s + o.Value));
        }
    }

    // BIP 174's well-known hole: amounts of witness version 0 inputs on the asker's word, another one understated each time.
    [Fact]
    public void An_amount_on_the_askers_word_is_not_understood_and_not_signed()
    {
        using var scene = new Scene(1);
        var coin = scene.Coin(1_000_000, KeyScript.WitnessKeyHash);
        var plan = Spending.Build(Scene.Network, scene.Request(coin) with { Payments = [scene.Pay(50_000)] }, scene.Random);
        var without = Edit(plan.Psbt, 0, map => map.Without(PsbtField.NonWitnessUtxo));

        var effects = scene.Format.Decode(without, scene.Context());

        Assert.Null(effects.Fee);
        Assert.Contains("not proven", Assert.Single(effects.NotUnderstood), StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => scene.Format.GetSigningInputs(without, scene.Context()));
    }

    // Two requests, each with a lie about the other's input, would give away one good signature each.
    [Theory]
    [InlineData(KeyScript.WitnessKeyHash)]
    [InlineData(KeyScript.NestedWitnessKeyHash)]
    [InlineData(KeyScript.KeyHash)]
    public void Taproot_amounts_need_proof_as_soon_as_another_form_is_among_the_inputs(KeyScript other)
    {
        using var scene = new Scene(2);
        var coins = new[] { scene.Coin(1_000_000, KeyScript.Taproot), scene.Coin(1_000_000, other) };
        var plan = Spending.Build(Scene.Network, scene.Request() with { Required = [.. coins], Payments = [scene.Pay(1_500_000)] }, scene.Random);
        var taproot = plan.Coins.IndexOf(coins[0]);
        Assert.Empty(scene.Format.Decode(plan.Psbt.Encode(), scene.Context()).NotUnderstood);

        var without = Edit(plan.Psbt, taproot, map => map.Without(PsbtField.NonWitnessUtxo));

        Assert.Contains($"amount of input {taproot} is not proven", Assert.Single(scene.Format.Decode(without, scene.Context()).NotUnderstood), StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => scene.Format.GetSigningInputs(without, scene.Context()));
    }

    [Fact]
    public void Among_Taproot_inputs_alone_the_signatures_prove_the_amounts()
    {
        using var scene = new Scene(3);
        var coins = new[] { scene.Coin(1_000_000, KeyScript.Taproot), scene.Coin(1_000_000, KeyScript.Taproot) };
        var plan = Spending.Build(Scene.Network, scene.Request() with { Required = [.. coins], Payments = [scene.Pay(1_500_000)] }, scene.Random);
        Assert.All(plan.Psbt.Inputs, input => Assert.Null(input.Previous));
        var honest = scene.Format.GetSigningInputs(plan.Psbt.Encode(), scene.Context());

        // A lie about one input changes what every input signs.
        var lie = Edit(plan.Psbt, 0, map => map.Without(PsbtField.WitnessUtxo).Add(PsbtField.WitnessUtxo, [], Output(999_999, plan.Coins[0].Owner.Script.Span)));
        var fooled = scene.Format.GetSigningInputs(lie, scene.Context());

        Assert.All(honest.Zip(fooled), pair => Assert.False(pair.First.Payload.Span.SequenceEqual(pair.Second.Payload.Span)));
    }

    [Fact]
    public void A_previous_transaction_has_to_be_the_one()
    {
        using var scene = new Scene(4);
        var (coin, other) = (scene.Coin(1_000_000, KeyScript.WitnessKeyHash), scene.Coin(2_000_000, KeyScript.WitnessKeyHash));
        var plan = Spending.Build(Scene.Network, scene.Request(coin) with { Payments = [scene.Pay(50_000)] }, scene.Random);

        var wrong = Edit(plan.Psbt, 0, map => map.Without(PsbtField.NonWitnessUtxo).Add(PsbtField.NonWitnessUtxo, [], other.Previous!.Encode()));
        Assert.Contains("not the one", Assert.Throws<FormatException>(() => scene.Format.Decode(wrong, scene.Context())).Message, StringComparison.Ordinal);

        var contradicting = Edit(plan.Psbt, 0, map => map.Without(PsbtField.WitnessUtxo).Add(PsbtField.WitnessUtxo, [], Output(999_999, coin.Owner.Script.Span)));
        Assert.Contains("two things", Assert.Throws<FormatException>(() => scene.Format.Decode(contradicting, scene.Context())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Somebody_elses_input_is_not_understood()
    {
        using var scene = new Scene(5);
        var coins = new[] { scene.Coin(1_000_000), scene.Coin(1_000_000) };
        var plan = Spending.Build(Scene.Network, scene.Request() with { Required = [.. coins], Payments = [scene.Pay(1_500_000)] }, scene.Random);
        var mine = coins[0].Owner.AddressOn(Scene.Network);

        var effects = scene.Format.Decode(plan.Psbt.Encode(), new(mine, Bip32Path.Root));

        Assert.Contains(effects.NotUnderstood, reason => reason.Contains("not the wallet's", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(0x81)]
    [InlineData(0x83)]
    public void Signatures_that_do_not_cover_everything_are_not_understood(uint type)
    {
        using var scene = new Scene(6);
        foreach (var kind in Scene.Kinds)
        {
            var plan = Spending.Build(Scene.Network, scene.Request(scene.Coin(1_000_000, kind)) with { Payments = [scene.Pay(50_000)] }, scene.Random);
            var flagged = Edit(plan.Psbt, 0, map => map.Add(PsbtField.SighashType, [], BitConverter.GetBytes(type)));

            Assert.Contains("hash type", Assert.Single(scene.Format.Decode(flagged, scene.Context()).NotUnderstood), StringComparison.Ordinal);
            if (kind == KeyScript.KeyHash)
                Assert.Throws<FormatException>(() => scene.Format.GetSigningInputs(flagged, scene.Context()));
            else
                Assert.NotEqual(scene.Format.GetSigningInputs(plan.Psbt.Encode(), scene.Context())[0].Payload.ToArray(), scene.Format.GetSigningInputs(flagged, scene.Context())[0].Payload.ToArray());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(0x101)]
    public void Hash_types_that_do_not_exist_are_not_signed(uint type)
    {
        using var scene = new Scene(7);
        var plan = Spending.Build(Scene.Network, scene.Request(scene.Coin(1_000_000, KeyScript.WitnessKeyHash)) with { Payments = [scene.Pay(50_000)] }, scene.Random);
        var flagged = Edit(plan.Psbt, 0, map => map.Add(PsbtField.SighashType, [], BitConverter.GetBytes(type)));

        Assert.NotEmpty(scene.Format.Decode(flagged, scene.Context()).NotUnderstood);
        Assert.Throws<FormatException>(() => scene.Format.GetSigningInputs(flagged, scene.Context()));
    }

    [Fact]
    public void Scripts_of_no_form_and_of_future_versions_are_named()
    {
        using var scene = new Scene(8);
        var coin = scene.Coin(1_000_000, KeyScript.WitnessKeyHash);
        byte[][] scripts = [[0x51], [.. OutputScript.Witness(2, new byte[32])], [0x6a, 0xac], OutputScript.AnchorScript.ToArray(), [0x6a, 0x5d, 0x02, 0xab, 0xcd]];
        var transaction = new BitcoinTransaction(2, [new(coin.Point, 0xfffffffd)], [.. scripts.Select(s => new TxOutput(1000, s))], 0);
        var psbt = Psbt.Create(transaction, [new PsbtMap().Add(PsbtField.NonWitnessUtxo, [], coin.Previous!.Encode())], scripts.Select(_ => new PsbtMap()));

        var effects = scene.Format.Decode(psbt.Encode(), scene.Context());

        Assert.Equal(3, effects.NotUnderstood.Length);
        Assert.Contains("Output 0 pays 1000", effects.NotUnderstood[0], StringComparison.Ordinal);
        Assert.Contains("witness version 2", effects.NotUnderstood[1], StringComparison.Ordinal);
        Assert.Contains("Output 2", effects.NotUnderstood[2], StringComparison.Ordinal);
        // The future address, the anchor, and 1000 satoshi burnt with two pushes: 13 and abcd.
        Assert.Equal(["bcrt1z", "bcrt1p"], effects.Items.OfType<Effect.Transfer>().Where(t => t.Recipient is not null).Select(t => t.Recipient!.Text[..6]));
        Assert.Contains(effects.Items, e => e is Effect.Transfer { Recipient: null });
        Assert.Equal([new Effect.Memo("0d"), new Effect.Memo("abcd")], effects.Items.OfType<Effect.Memo>());
        Assert.Equal(995_000UL, effects.Fee!.Maximum);
    }

    [Fact]
    public void Change_is_found_by_deriving_and_never_by_hearsay()
    {
        using var scene = new Scene(9);
        var (wallet, thief) = (Wallet(1), Wallet(2));
        var coin = scene.CoinOf(1_000_000, wallet.Receive(0));
        var format = new BitcoinFormat(Scene.Network, wallet);
        var context = new DecodeContext(wallet.Receive(0).AddressOn(Scene.Network), Bip32Path.Root);
        // Beyond the gap: only the PSBT's claim leads there.
        var far = OutputDescriptor.Parse(Text(1, 1)).Derive(5000);
        var request = scene.Request(coin) with { Payments = [scene.Pay(50_000)] };

        var own = Spending.Build(Scene.Network, request with { Change = far }, scene.Random);
        var stolen = Spending.Build(Scene.Network, request with { Change = thief.Change(0) }, scene.Random);
        // The thief's output under the wallet's own claim.
        var posing = new Psbt(stolen.Psbt.Transaction, new PsbtMap().Add(PsbtField.UnsignedTransaction, [], stolen.Psbt.Transaction.Encode()), stolen.Psbt.Inputs,
            [.. Enumerable.Range(0, 2).Select(i => i == stolen.ChangeIndex ? own.Psbt.Outputs[own.ChangeIndex!.Value] : new PsbtOutput(new()))]);

        Assert.Single(format.Decode(own.Psbt.Encode(), context).Items.OfType<Effect.Transfer>(), t => t.ToSelf);
        Assert.DoesNotContain(format.Decode(stolen.Psbt.Encode(), context).Items.OfType<Effect.Transfer>(), t => t.ToSelf);
        Assert.DoesNotContain(format.Decode(posing.Encode(), context).Items.OfType<Effect.Transfer>(), t => t.ToSelf);
        Assert.Equal("m/0/0", format.GetSigningInputs(own.Psbt.Encode(), context)[0].Path!.ToString());
    }

    // By right it is the wallet's, but who would look there? A coin that lies there is the wallet's all the same.
    [Theory]
    [InlineData(DescriptorWallet.MaxLead - 1, true)]
    [InlineData(DescriptorWallet.MaxLead, false)]
    [InlineData(0x7fffffff, false)]
    public void Change_where_nobody_would_find_it_is_no_change(uint index, bool isChange)
    {
        using var scene = new Scene(14);
        var wallet = Wallet(1);
        var (format, far) = (new BitcoinFormat(Scene.Network, wallet), OutputDescriptor.Parse(Text(1, 1)).Derive(index));
        var context = new DecodeContext(wallet.Peek(false, 0).AddressOn(Scene.Network), Bip32Path.Root);
        var coin = scene.CoinOf(1_000_000, far);
        var plan = Spending.Build(Scene.Network, scene.Request(coin) with { Payments = [scene.Pay(50_000)], Change = far }, scene.Random);

        var effects = format.Decode(plan.Psbt.Encode(), context);

        Assert.Empty(effects.NotUnderstood);
        Assert.Equal(isChange, effects.Items.OfType<Effect.Transfer>().Any(t => t.ToSelf));
        Assert.Equal($"m/1/{index}", format.GetSigningInputs(plan.Psbt.Encode(), context)[0].Path!.ToString());
    }

    [Fact]
    public void A_Taproot_output_without_a_key_is_nobodys()
    {
        using var scene = new Scene(15);
        var coin = scene.Coin(1_000_000, KeyScript.WitnessKeyHash);
        // No point has this x.
        var script = OutputScript.Witness(1, Convert.FromHexString("0000000000000000000000000000000000000000000000000000000000000005"));
        var transaction = new BitcoinTransaction(2, [new(coin.Point, 0xfffffffd)], [new(900_000, script)], 0);
        var psbt = Psbt.Create(transaction, [new PsbtMap().Add(PsbtField.NonWitnessUtxo, [], coin.Previous!.Encode())], [new()]);

        Assert.Contains("nobody can ever spend", Assert.Single(scene.Format.Decode(psbt.Encode(), scene.Context()).NotUnderstood), StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_tree_needs_the_key_that_it_tweaks()
    {
        using var scene = new Scene(16);
        var plan = Spending.Build(Scene.Network, scene.Request(scene.Coin(1_000_000, KeyScript.Taproot)) with { Payments = [scene.Pay(50_000)] }, scene.Random);
        byte[] With(Func<PsbtMap, PsbtMap> edit) => Edit(plan.Psbt, 0, edit);

        Assert.Single(scene.Format.GetSigningInputs(plan.Psbt.Encode(), scene.Context()));
        var other = With(map => map.Add(PsbtField.TaprootMerkleRoot, [], new byte[32]));
        Assert.Contains("do not give the output key", Assert.Throws<FormatException>(() => scene.Format.GetSigningInputs(other, scene.Context())).Message, StringComparison.Ordinal);
        var alone = With(map => map.Without(PsbtField.TaprootInternalKey).Add(PsbtField.TaprootMerkleRoot, [], new byte[32]));
        Assert.Contains("without the internal key", Assert.Throws<FormatException>(() => scene.Format.GetSigningInputs(alone, scene.Context())).Message, StringComparison.Ordinal);
    }

    // The original digest hashes the transaction once for every input: what no node relays is not hashed at all.
    [Fact]
    public void A_transaction_heavier_than_nodes_relay_is_refused_before_it_is_hashed()
    {
        using var scene = new Scene(17);
        var owner = scene.Key(KeyScript.KeyHash).Script;
        byte[] Unsigned(int inputs)
        {
            var previous = Enumerable.Range(0, inputs).Select(i => new BitcoinTransaction(2, [new(new(default, (uint)i + 1), 0)], [new(1000, owner.Script)], 0)).ToArray();
            return Psbt.Create(
                new(2, [.. previous.Select(p => new TxInput(new(p.Id, 0), 0))], [new(1000, owner.Script)], 0),
                previous.Select(p => new PsbtMap().Add(PsbtField.NonWitnessUtxo, [], p.Encode())), [new()]).Encode();
        }

        Assert.Equal(2_400, scene.Format.GetSigningInputs(Unsigned(2_400), scene.Context()).Length);
        Assert.Contains("more than nodes relay", Assert.Throws<FormatException>(() => scene.Format.Decode(Unsigned(2_500), scene.Context())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bare_transaction_says_who_receives_and_not_who_pays()
    {
        using var scene = new Scene(10);
        var plan = Spending.Build(Scene.Network, scene.Request(scene.Coin(1_000_000)) with { Payments = [scene.Pay(50_000)] }, scene.Random);
        var signed = scene.SignedBy(plan.Psbt, scene.Context());

        var effects = scene.Format.Decode(signed, scene.Context());

        Assert.Null(effects.Fee);
        Assert.Single(effects.NotUnderstood);
        Assert.Equal<Effect>([.. scene.Format.Decode(plan.Psbt.Encode(), scene.Context()).Items], [.. effects.Items]);
    }

    [Fact]
    public void More_out_than_in_is_no_transaction()
    {
        using var scene = new Scene(11);
        var coin = scene.Coin(1000, KeyScript.KeyHash);
        var transaction = new BitcoinTransaction(2, [new(coin.Point, 0)], [new(1001, coin.Owner.Script)], 0);
        var psbt = Psbt.Create(transaction, [new PsbtMap().Add(PsbtField.NonWitnessUtxo, [], coin.Previous!.Encode())], [new()]);
        Assert.Contains("pays 1001", Assert.Throws<FormatException>(() => scene.Format.Decode(psbt.Encode(), scene.Context())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_digest_from_other_bytes_is_refused()
    {
        using var scene = new Scene(12);
        var plan = Spending.Build(Scene.Network, scene.Request(scene.Coin(1_000_000, KeyScript.WitnessKeyHash)) with { Payments = [scene.Pay(50_000)] }, scene.Random);
        var canonical = plan.Psbt.Encode();
        // An explicit version 0 after the unsigned transaction says nothing new; importing takes it away.
        var end = 5 + 2 + plan.Psbt.Transaction.Encode().Length + (plan.Psbt.Transaction.Encode().Length < 0xfd ? 1 : 3);
        byte[] other = [.. canonical[..end], 1, 0xfb, 4, 0, 0, 0, 0, .. canonical[end..]];

        Assert.Throws<FormatException>(() => scene.Format.Decode(other, scene.Context()));
        Assert.Equal(canonical, Psbt.Import(other).Encode());
    }

    [Fact]
    public void A_signature_is_verified_before_it_is_put_in_place()
    {
        using var scene = new Scene(13);
        foreach (var kind in Scene.Kinds)
        {
            using var stranger = new TestKey(scene.Bytes(32), kind);
            var coin = scene.Coin(1_000_000, kind);
            var plan = Spending.Build(Scene.Network, scene.Request(coin) with { Payments = [scene.Pay(50_000)] }, scene.Random);
            var (unsigned, context) = (plan.Psbt.Encode(), scene.Context());
            var input = Assert.Single(scene.Format.GetSigningInputs(unsigned, context));
            var good = scene.Keys.Single(k => k.Script == coin.Owner).Sign(input);
            void Refused(params InputSignature[] signatures) => Assert.Throws<ArgumentException>(() => scene.Format.Assemble(unsigned, context, signatures));

            Refused();
            Refused(good, good);
            Refused(good with { Index = 1 });
            Refused(good with { Index = -1 });
            Refused(stranger.Sign(input));
            Refused(good with { PublicKey = stranger.Sign(input).PublicKey });
            Refused(good with { Signature = stranger.Sign(input).Signature });
            Refused(good with { Signature = default });
            if (kind != KeyScript.Taproot)
            {
                Assert.True(EcdsaSignature.TryDecodeCompact(good.Signature.Span, out var ecdsa));
                Refused(good with { Signature = new EcdsaSignature(ecdsa.R, -ecdsa.S).EncodeCompact() });
            }
            var signed = BitcoinTransaction.Decode(scene.Format.Assemble(unsigned, context, [good]).Span);
            Assert.Equal(plan.Psbt.Transaction.Outputs.Length, signed.Outputs.Length);
            Assert.InRange(plan.VirtualSize - signed.VirtualSize, 0, 1 + 2 * plan.Coins.Length);
        }
    }

    static DescriptorWallet Wallet(byte seed) => new(Scene.Network, OutputDescriptor.Parse(Text(seed, 0)), OutputDescriptor.Parse(Text(seed, 1)));

    static string Text(byte seed, int branch)
    {
        using var master = ExtendedPrivateKey.FromSeed([.. Enumerable.Repeat(seed, 32)]);
        return $"wpkh({master.Public.Encode(Bip32Network.Testnet)}/{branch}/*)";
    }

    static byte[] Output(ulong value, ReadOnlySpan<byte> script)
    {
        var writer = new ByteWriter();
        new TxOutput(value, script.ToArray()).Write(writer);
        return writer.ToArray();
    }

    static byte[] Edit(Psbt psbt, int input, Func<PsbtMap, PsbtMap> edit) => Psbt.Create(
        psbt.Transaction, psbt.Inputs.Select((x, i) => i == input ? edit(x.Map.Without()) : x.Map), psbt.Outputs.Select(x => x.Map)).Encode();
}
