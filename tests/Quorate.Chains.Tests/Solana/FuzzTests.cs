using Quorate.Chains.Solana;
using Quorate.Testing;

namespace Quorate.Chains.Tests.Solana;

/// <summary>
/// Mutated messages and transactions: refused with a FormatException or accepted as exactly what they are, in bounded
/// memory and never with another exception.
/// </summary>
public class FuzzTests
{
    [Theory]
    [InlineData(nameof(SolanaMessage), 20_000)]
    [InlineData(nameof(SolanaTransaction), 20_000)]
    [InlineData(nameof(SolanaFormat), 20_000)]
    [InlineData(nameof(SolanaAddress), 10_000)]
    public void No_mutation_surprises_a_decoder(string name, int runs) => Run(name, 1, runs);

    [Theory, Trait("Category", "Slow")]
    [InlineData(nameof(SolanaMessage), 3_000_000)]
    [InlineData(nameof(SolanaTransaction), 2_000_000)]
    [InlineData(nameof(SolanaFormat), 2_000_000)]
    [InlineData(nameof(SolanaAddress), 1_000_000)]
    public void No_long_series_of_mutations_surprises_a_decoder(string name, int runs) => Run(name, 20261121, runs);

    static void Run(string name, ulong seed, int runs)
    {
        using var fuzzer = new Fuzzer(seed);
        using var scene = new SolanaScene(seed);
        Assert.InRange(fuzzer.Run(Target(name, scene), runs), 1, runs);
    }

    static FuzzTarget Target(string name, SolanaScene scene)
    {
        var context = scene.Context();
        var messages = Enumerable.Range(0, 100).Select(_ => RandomMessages.Next(scene).Encode()).ToArray();
        var known = Enumerable.Range(0, 20 * RandomMessages.Kinds).Select(i => scene.Message(
            RandomMessages.Known(scene, i % RandomMessages.Kinds), RandomMessages.Known(scene, scene.Below(20))).Encode()).ToArray();
        var acceptable = known.Where(m => Accepts(scene.Format, m, context)).ToArray();
        var signed = acceptable.Take(60).Select(m => scene.Sign(m).ToArray()).ToArray();
        // An account's 32 bytes become a text of 44 characters wherever it is named, and a refusal costs an exception.
        return name switch
        {
            nameof(SolanaMessage) => Of(typeof(SolanaMessage), [.. messages, .. known], input => SolanaMessage.Decode(input).Encode()),
            nameof(SolanaTransaction) => Of(typeof(SolanaTransaction), signed, input => SolanaTransaction.Decode(input).Encode()),
            nameof(SolanaAddress) => Of(
                typeof(SolanaAddress), known.Select(m => System.Text.Encoding.ASCII.GetBytes(SolanaMessage.Decode(m).Accounts[1].ToString())),
                input => System.Text.Encoding.Latin1.GetBytes(scene.Format.ParseAddress(System.Text.Encoding.Latin1.GetString(input)).Text)),
            _ => Of(typeof(SolanaFormat), [.. acceptable, .. signed], input =>
            {
                var effects = scene.Format.Decode(input, context);
                Assert.NotNull(effects.Fee);
                if (input.Length > 65 && (input[0] & 0x80) == 0 && TryTransaction(input) is { } transaction)
                    return transaction;
                // What is shown is what would be signed.
                Assert.Equal(input, scene.Format.GetSigningInputs(input, context)[0].Payload.ToArray());
                return SolanaMessage.Decode(input).Encode();
            }),
        };
    }

    static byte[]? TryTransaction(byte[] input)
    {
        try
        {
            SolanaMessage.Decode(input);
            return null;
        }
        catch (FormatException)
        {
            return SolanaTransaction.Decode(input).Encode();
        }
    }

    static bool Accepts(SolanaFormat format, byte[] message, DecodeContext context)
    {
        try
        {
            format.Decode(message, context);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    static FuzzTarget Of(Type type, IEnumerable<byte[]> samples, Func<byte[], byte[]> reencode) => new(type, type.Name, [.. samples], input =>
    {
        try
        {
            return reencode(input);
        }
        catch (FormatException)
        {
            return null;
        }
    });
}
