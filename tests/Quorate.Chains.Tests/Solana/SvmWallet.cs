using Quorate.Chains.Solana;
using Quorate.Chains.Solana.Programs;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;

namespace Quorate.Chains.Tests.Solana;

/// <summary>Somebody who can sign: with one key, or as two of three by FROST.</summary>
sealed class SvmWallet
{
    static readonly Bip32Path path = new(44, 501, 0);
    static int count;

    readonly SolanaFormat format;
    readonly Func<byte[], byte[]> sign;

    SvmWallet(SolanaFormat format, in Point<Ed25519> publicKey, Func<byte[], byte[]> sign)
    {
        (this.format, this.sign, Key) = (format, sign, SolanaAddress.FromPublicKey(publicKey));
        Address = format.ToAddress(Key);
    }

    internal SolanaAddress Key { get; }

    internal Address Address { get; }

    internal DecodeContext Context => new(Address, path);

    internal static SvmWallet Single(SolanaFormat format)
    {
        using var random = Seed();
        return Of(format, Ed25519Key.Generate(random));
    }

    internal static SvmWallet Of(SolanaFormat format, Ed25519Key key) => new(format, key.PublicKey, message => key.Sign(message));

    internal static SvmWallet Frost(SolanaFormat format)
    {
        var seed = (ulong)Interlocked.Increment(ref count);
        var shares = FrostRuns.Key(FrostSuite.Ed25519, seed, 2, PartySet.Range(3));
        var runs = 0UL;
        return new(format, shares.Values.First().Package.GroupKey, message =>
        {
            using var run = FrostRuns.Sign(FrostSuite.Ed25519, seed * 1000 + ++runs, shares, new([.. shares.Keys.Skip(1)]), message).Run();
            return run.Outputs<SchnorrSignature<Ed25519>>()[0].Encode();
        });
    }

    /// <summary>The transaction that is broadcast, after a look at what it does.</summary>
    internal ReadOnlyMemory<byte> Sign(ReadOnlyMemory<byte> unsigned) => format.Assemble(
        unsigned, Context, [.. format.GetSigningInputs(unsigned, Context).Select(i => new InputSignature(i.Index, Key.ToArray(), sign(i.Payload.ToArray())))]);

    /// <summary>Opens a mint of this program under the wallet's authority, with some of it in the wallet.</summary>
    internal async Task<AssetId> IssueAsync(SvmNode node, SolanaAddress program, ulong amount, bool withFee = false)
    {
        const byte transferFee = 26, initializeMint2 = 20;
        var seed = $"mint {Interlocked.Increment(ref count)}";
        var mint = ProgramAddress.WithSeed(Key, System.Text.Encoding.UTF8.GetBytes(seed), program);
        var size = withFee ? 278u : 82u;
        var tokens = ProgramAddress.AssociatedTokenAccount(Key, mint, program);
        List<SolanaInstruction> instructions =
        [
            SystemProgram.CreateAccountWithSeed(Key, Key, seed, Rent.MinimumBalance(size), size, program),
            new(program, [SolanaAccount.Writable(mint)], (byte[])[initializeMint2, 6, .. Key.ToArray(), 1, .. Key.ToArray()]),
            AssociatedTokenProgram.CreateIdempotent(Key, Key, mint, program),
            TokenProgram.MintToChecked(program, mint, tokens, Key, amount, 6),
        ];
        if (withFee)
            instructions.Insert(1, new(program, [SolanaAccount.Writable(mint)], (byte[])[transferFee, 0, 0, 0, 100, 0, .. BitConverter.GetBytes(ulong.MaxValue)]));
        Assert.Equal(TransactionState.Confirmed, (await SendAsync(node, [.. instructions])).State);
        return format.Token(mint);
    }

    /// <summary>Sends instructions of any kind.</summary>
    internal async Task<TransactionStatus> SendAsync(SvmNode node, params SolanaInstruction[] instructions)
    {
        var latest = await node.CallAsync("getLatestBlockhash", new System.Text.Json.Nodes.JsonObject { ["commitment"] = "confirmed" });
        var blockhash = Blockhash.Parse(latest!["value"]!["blockhash"]!.GetValue<string>());
        return await node.SendAsync(node.Chain(), this, SolanaMessage.Compile(SolanaMessageVersion.Legacy, Key, blockhash, instructions).Encode());
    }

    static SeededRandom Seed() => new((ulong)Interlocked.Increment(ref count), "svm");
}
