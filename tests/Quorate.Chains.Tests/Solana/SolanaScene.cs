using Quorate.Chains.Solana;
using Quorate.Chains.Solana.Programs;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;

namespace Quorate.Chains.Tests.Solana;

/// <summary>A wallet, some strangers and tokens under a seed.</summary>
sealed class SolanaScene : IDisposable
{
    internal static readonly Bip32Path Path = new(44, 501, 0);

    readonly SeededRandom random;

    internal SolanaScene(ulong seed = 1)
    {
        random = new(seed, "solana");
        (Key, OtherKey) = (Ed25519Key.Generate(random), Ed25519Key.Generate(random));
        (Mint, Mint2022) = (Any(), Any());
        Format = new(SolanaCluster.Mainnet, KnownAccounts.None.WithMint(Mint2022, new(ProgramIds.Token2022, 9)));
    }

    internal Ed25519Key Key { get; }

    internal Ed25519Key OtherKey { get; }

    internal SolanaAddress Me => SolanaAddress.FromPublicKey(Key.PublicKey);

    internal SolanaAddress Other => SolanaAddress.FromPublicKey(OtherKey.PublicKey);

    /// <summary>A token of SPL Token that nobody knows, and one of Token-2022 that the judge knows.</summary>
    internal SolanaAddress Mint { get; }

    internal SolanaAddress Mint2022 { get; }

    internal SolanaFormat Format { get; set; }

    internal DecodeContext Context(Func<Address, bool>? isOwn = null) => new(Format.ToAddress(Me), Path, isOwn);

    internal SolanaAddress Any() => new(Bytes(32));

    internal SolanaAddress Wallet()
    {
        using var key = Ed25519Key.Generate(random);
        return SolanaAddress.FromPublicKey(key.PublicKey);
    }

    internal Blockhash Hash() => new(Bytes(32));

    internal byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        random.Fill(bytes);
        return bytes;
    }

    internal int Below(int bound) => random.Below(bound);

    /// <summary>Where somebody's tokens of SPL Token are.</summary>
    internal SolanaAddress Account(SolanaAddress owner, SolanaAddress? mint = null) =>
        ProgramAddress.AssociatedTokenAccount(owner, mint ?? Mint, mint == Mint2022 ? ProgramIds.Token2022 : ProgramIds.Token);

    internal SolanaMessage Message(params SolanaInstruction[] instructions) =>
        SolanaMessage.Compile(SolanaMessageVersion.Legacy, Me, Hash(), instructions);

    internal Effects Decode(params SolanaInstruction[] instructions) => Format.Decode(Message(instructions).Encode(), Context());

    internal Address A(SolanaAddress address) => Format.ToAddress(address);

    internal ReadOnlyMemory<byte> Sign(ReadOnlyMemory<byte> unsigned) => Format.Assemble(
        unsigned, Context(), [.. Format.GetSigningInputs(unsigned, Context()).Select(i => SignInput(i))]);

    internal InputSignature SignInput(SigningInput input)
    {
        var key = input.Signer == Format.ToAddress(Me) ? Key : OtherKey;
        return new(input.Index, key.PublicKey.Encode(), key.Sign(input.Payload.Span));
    }

    public void Dispose()
    {
        Key.Dispose();
        OtherKey.Dispose();
        random.Dispose();
    }
}
