using Quorate.Chains.Bitcoin;
using Quorate.Testing;

namespace Quorate.Chains.Tests.Bitcoin;

/// <summary>
/// Every decoder of Bitcoin under mutation: it refuses with a FormatException or accepts exactly what it would write, and
/// allocates in proportion to its input.
/// </summary>
public class FuzzTests
{
    [Theory]
    [InlineData(nameof(BitcoinTransaction), 20_000)]
    [InlineData(nameof(Psbt), 20_000)]
    [InlineData(nameof(BitcoinFormat), 10_000)]
    [InlineData(nameof(OutputScript), 20_000)]
    [InlineData(nameof(Address), 10_000)]
    [InlineData(nameof(OutputDescriptor), 5_000)]
    public void No_mutation_surprises_a_decoder(string name, int runs) => Run(name, 1, runs);

    [Theory, Trait("Category", "Slow")]
    [InlineData(nameof(BitcoinTransaction), 1_000_000)]
    [InlineData(nameof(Psbt), 1_000_000)]
    [InlineData(nameof(BitcoinFormat), 500_000)]
    [InlineData(nameof(OutputScript), 1_000_000)]
    [InlineData(nameof(Address), 500_000)]
    [InlineData(nameof(OutputDescriptor), 100_000)]
    public void No_long_series_of_mutations_surprises_a_decoder(string name, int runs) => Run(name, 1_000_000, runs);

    static void Run(string name, ulong seed, int runs)
    {
        using var fuzzer = new Fuzzer(seed);
        using var scene = new Scene(seed);
        var target = Target(name, scene);
        fuzzer.Run(target, runs);
    }

    static FuzzTarget Target(string name, Scene scene)
    {
        var plans = Enumerable.Range(0, 12).Select(i => Spending.Build(Scene.Network, scene.Request() with
        {
            Required = [.. Enumerable.Range(0, 1 + i % 3).Select(_ => scene.Coin(1_000_000, i < 4 ? KeyScript.Taproot : null))],
            Payments = [scene.Pay(100_000)], Memo = i % 2 == 0 ? scene.Bytes(20) : default,
        }, scene.Random)).ToArray();
        var (context, format) = (scene.Context(), scene.Format);
        var psbts = plans.Select(p => p.Psbt.Encode()).ToArray();
        // An input counts for 41 bytes and more in memory, a witness's item for one; a refusal costs an exception.
        return name switch
        {
            nameof(BitcoinTransaction) => Of(typeof(BitcoinTransaction), plans.Select(p => scene.SignedBy(p.Psbt, context)).Concat(psbts.Select(p => Psbt.Decode(p).Inputs[0].Previous?.Encode()).OfType<byte[]>()),
                input => BitcoinTransaction.Decode(input).Encode()),
            nameof(Psbt) => Of(typeof(Psbt), psbts, input => Psbt.Decode(input).Encode()),
            nameof(BitcoinFormat) => Of(typeof(BitcoinFormat), psbts, input =>
            {
                var effects = format.Decode(input, context);
                // Whatever is fully understood can be signed, unless it names hash types or keys that are not its own.
                if (effects.IsFullyUnderstood)
                {
                    Assert.NotNull(effects.Fee);
                    var psbt = Psbt.Decode(input);
                    if (psbt.Inputs.All(i => i.TaprootInternalKey is null))
                        Sign(format, input, context);
                }
                return Psbt.IsPsbt(input) ? Psbt.Decode(input).Encode() : BitcoinTransaction.Decode(input).Encode();
            }),
            nameof(OutputScript) => Of(typeof(OutputScript), plans.SelectMany(p => p.Psbt.Transaction.Outputs).Select(o => o.Script.ToArray()).Append([0x51, 33, .. scene.Key(KeyScript.KeyHash).Script.Key.Encode(), 0x51, 0xae])
                    .Where(s => format.AddressOf(s) is not null),
                input => format.AddressOf(input) is { } address ? format.ScriptOf(address) : null),
            nameof(Address) => Of(typeof(Address), plans.SelectMany(p => p.Psbt.Transaction.Outputs).Select(o => format.AddressOf(o.Script.Span)).OfType<Address>().Select(a => Text(a.Text)),
                input => Ascii(input) is { } text && format.ParseAddress(text) is var address && address.Text == text ? Text(address.Text) : null),
            _ => Of(typeof(OutputDescriptor), new[] { "wpkh(@)", "sh(wpkh(@))", "pkh(@)", "tr(@)", "wpkh([d34db33f/84h/1h/0h]@)" }
                    .Select(t => Text(OutputDescriptor.Parse(t.Replace("@", Convert.ToHexStringLower(scene.Key(KeyScript.Taproot).Script.Key.Encode()), StringComparison.Ordinal)).ToString())),
                input => Ascii(input) is { } text && text.Contains('#', StringComparison.Ordinal) ? Text(OutputDescriptor.Parse(text).ToString()) : null),
        };
    }

    static void Sign(BitcoinFormat format, byte[] input, DecodeContext context)
    {
        try
        {
            format.GetSigningInputs(input, context);
        }
        catch (FormatException e)
        {
            throw new InvalidOperationException("fully understood, and can not be signed", e);
        }
    }

    static FuzzTarget Of(Type type, IEnumerable<byte[]> samples, Func<byte[], byte[]?> again) => new(type, type.Name, [.. samples], input =>
    {
        try
        {
            return again(input);
        }
        catch (FormatException)
        {
            return null;
        }
    });

    static byte[] Text(string text) => global::System.Text.Encoding.ASCII.GetBytes(text);

    static string? Ascii(byte[] bytes) => bytes.All(b => b is > 0x20 and < 0x7f) ? global::System.Text.Encoding.ASCII.GetString(bytes) : null;
}
