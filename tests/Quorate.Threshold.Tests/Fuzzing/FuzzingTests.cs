using System.Reflection;
using Quorate.Testing;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Fuzzing;

/// <summary>Every decoder refuses or re-encodes to the same bytes, throws nothing else and allocates in proportion.</summary>
public sealed class FuzzingTests
{
    // A tenth of a millisecond and less for most; tens where proofs and polynomials are checked.
    const int Runs = 2_000, RunsOfSlowOnes = 200;

    public static TheoryData<string> Names => [.. Targets.All.Select(t => t.Name)];

    [Theory, MemberData(nameof(Names))]
    public void No_mutation_surprises_a_decoder(string name)
    {
        var target = Targets.All.Single(t => t.Name == name);
        var isSlow = target.Samples.Any(s => s.Length > 150) && target.MaxSize == 1 << 20 && target.Decodes != typeof(Frame);
        using var fuzzer = new Fuzzer(1);
        fuzzer.Run(target, isSlow ? RunsOfSlowOnes : Runs);
    }

    [Fact, Trait("Category", "Slow")]
    public void No_long_series_of_mutations_surprises_a_decoder()
    {
        using var fuzzer = new Fuzzer(1_000_000);
        foreach (var target in Targets.All)
            fuzzer.Run(target, 10 * Runs);
    }

    [Fact]
    public void Every_message_type_has_a_target() => AssertHaveTargets(typeof(Session).Assembly.GetTypes()
        .Where(t => t is { IsInterface: false, IsAbstract: false }
            && t.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IMessage<>))));

    [Fact]
    public void Every_type_that_decodes_bytes_has_a_target() => AssertHaveTargets(typeof(Session).Assembly.GetTypes()
        .Where(t => t != typeof(WireReader) && !t.IsInterface && t.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Any(m => m.Name is "Read" or "Decode" or "TryDecode"
                && m.GetParameters() is [var first, ..]
                && (first.ParameterType == typeof(ReadOnlySpan<byte>) || first.ParameterType == typeof(WireReader).MakeByRefType()))));

    // The fuzzer must be able to find something.
    [Fact]
    public void Careless_decoders_are_found_out()
    {
        byte[] sample = [0, 2, 7, 7];
        AssertFound(Target(input => input.Length > 200 || input is [0, 2, 7, 7] ? input : throw new NotSupportedException()), "NotSupported");
        AssertFound(Target(input => [0, 2, 7, 7]), "encodes as");
        AssertFound(Target(input => input is [0, 2, 7, 7] ? input : new byte[1 << 20]), "allocated");
        AssertFound(Target(_ => null), "a sample is refused");
        Assert.NotEqual(0, Run(Target(input => input)));

        static int Run(FuzzTarget target)
        {
            using var fuzzer = new Fuzzer(1);
            return fuzzer.Run(target, 1000);
        }

        FuzzTarget Target(Func<byte[], byte[]?> decode) => new(typeof(object), "careless", [sample], decode);

        static void AssertFound(FuzzTarget target, string finding) =>
            Assert.Contains(finding, Assert.Throws<FuzzingException>(() => Run(target)).Message);
    }

    static void AssertHaveTargets(IEnumerable<Type> types)
    {
        var without = types.Except(Targets.All.Select(t => t.Decodes)).ToArray();
        Assert.True(without.Length == 0, $"No fuzz target for {string.Join(", ", without.Select(t => t.FullName))}: add samples in Targets.cs.");
    }
}
