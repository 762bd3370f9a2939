using System.Buffers.Binary;
using Quorate.Threshold.Sessions;

namespace Quorate.Testing;

/// <summary>A decoder to be fuzzed, with valid inputs to start from.</summary>
/// <param name="Decodes">The type that it decodes; generic types as their definition.</param>
/// <param name="Name">The closed type's name.</param>
/// <param name="Samples">Encodings that it accepts.</param>
/// <param name="Reencode">
/// Decodes, and encodes what was decoded again; null where the input is refused as the decoder documents. Anything it
/// throws is a finding.
/// </param>
public sealed record FuzzTarget(Type Decodes, string Name, IReadOnlyList<byte[]> Samples, Func<byte[], byte[]?> Reencode)
{
    /// <summary>The longest input worth trying; longer ones never reach the decoder.</summary>
    public int MaxSize { get; init; } = 1 << 20;

    /// <summary>Bytes that one decoding may allocate, for each byte of input and in all.</summary>
    public (int PerByte, int Fixed) AllocationLimit { get; init; } = (200, 100_000);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The reader of a session message.</summary>
    public static FuzzTarget Message<M>(params IEnumerable<byte[]> samples) where M : IMessage<M> =>
        Wire(M.Read, (m, writer) => m.Write(writer), samples) with { MaxSize = M.MaxSize };

    /// <summary>Reads one value from a wire reader.</summary>
    public delegate T Reading<T>(ref WireReader reader);

    /// <summary>Anything that reads from a <see cref="WireReader"/> and refuses with a <see cref="WireException"/>.</summary>
    public static FuzzTarget Wire<T>(Reading<T> read, Action<T, WireWriter> write, params IEnumerable<byte[]> samples) => new(
        Definition(typeof(T)), NameOf(typeof(T)), [.. samples], input =>
        {
            T value;
            var reader = new WireReader(input);
            try
            {
                value = read(ref reader);
            }
            catch (WireException)
            {
                return null;
            }
            using (value as IDisposable)
            {
                if (reader.Remaining != 0)
                    return null;
                using var writer = new WireWriter();
                write(value, writer);
                return writer.Written.ToArray();
            }
        });

    /// <summary>The generic definition of a generic type, else the type.</summary>
    public static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;

    static string NameOf(Type type)
    {
        var name = type.Name.Split('`')[0];
        if (type.DeclaringType is { } outer)
            name = $"{outer.Name.Split('`')[0]}.{name}";
        return type.IsGenericType ? $"{name}<{string.Join(",", type.GetGenericArguments().Select(a => a.Name))}>" : name;
    }
}

/// <summary>
/// Mutates valid encodings under a seed and watches what a decoder makes of them: it refuses, or it accepts exactly the
/// bytes that its value encodes to, and it allocates no more than the input deserves.
/// </summary>
public sealed class Fuzzer(ulong seed) : IDisposable
{
    static readonly ushort[] edgeCounts = [0, 1, 2, 3, 255, 256, 257, 0x7fff, 0x8000, 0xfffe, 0xffff];
    static readonly byte[] edgeBytes = [0, 1, 2, 3, 0x7f, 0x80, 0xfe, 0xff];

    readonly SeededRandom random = new(seed, "fuzzing");

    /// <summary>Tries every sample and <paramref name="runs"/> mutations. Throws with the input in hexadecimal at the first finding.</summary>
    /// <returns>How many mutations were accepted.</returns>
    public int Run(FuzzTarget target, int runs)
    {
        ArgumentNullException.ThrowIfNull(target);
        var accepted = 0;
        foreach (var sample in target.Samples)
            if (!Try(target, sample))
                throw new FuzzingException(target, sample, "a sample is refused");
        for (var i = 0; i < runs; i++)
        {
            var input = Mutate(target.Samples);
            if (input.Length <= target.MaxSize && Try(target, input))
                accepted++;
        }
        return accepted;
    }

    static bool Try(FuzzTarget target, byte[] input)
    {
        byte[]? encoded;
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            encoded = target.Reencode([.. input]);
        }
        catch (Exception thrown)
        {
            throw new FuzzingException(target, input, thrown.ToString());
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > target.AllocationLimit.Fixed + (long)target.AllocationLimit.PerByte * input.Length)
            throw new FuzzingException(target, input, $"{allocated} bytes allocated for {input.Length}");
        if (encoded is not null && !encoded.AsSpan().SequenceEqual(input))
            throw new FuzzingException(target, input, $"accepted, but encodes as {Convert.ToHexStringLower(encoded)}");
        return encoded is not null;
    }

    byte[] Mutate(IReadOnlyList<byte[]> samples)
    {
        var input = samples[random.Below(samples.Count)].ToList();
        for (var times = 1 + random.Below(3); times > 0; times--)
            MutateOnce(input, samples);
        return [.. input];
    }

    void MutateOnce(List<byte> input, IReadOnlyList<byte[]> samples)
    {
        switch (random.Below(8))
        {
            case 0 when input.Count > 0:
                input[random.Below(input.Count)] ^= (byte)(1 << random.Below(8));
                break;
            case 1 when input.Count > 0:
                input[random.Below(input.Count)] = edgeBytes[random.Below(edgeBytes.Length)];
                break;
            case 2:
                input.RemoveRange(0, random.Below(input.Count + 1));
                break;
            case 3:
                var kept = random.Below(input.Count + 1);
                input.RemoveRange(kept, input.Count - kept);
                break;
            case 4:
                input.InsertRange(random.Below(input.Count + 1), Bytes(1 + random.Below(70)));
                break;
            case 5:
                // A splice: the front of one sample, the back of another.
                var other = samples[random.Below(samples.Count)];
                var cut = random.Below(input.Count + 1);
                input.RemoveRange(cut, input.Count - cut);
                input.AddRange(other.AsSpan(Math.Min(other.Length, random.Below(2) == 0 ? cut : random.Below(other.Length + 1))));
                break;
            case 6 when input.Count > 1:
                // What may be a count or a length.
                var count = new byte[2];
                BinaryPrimitives.WriteUInt16BigEndian(count, edgeCounts[random.Below(edgeCounts.Length)]);
                var at = random.Below(3) == 0 ? random.Below(input.Count - 1) : random.Below(Math.Min(input.Count - 1, 8));
                (input[at], input[at + 1]) = (count[0], count[1]);
                break;
            case 7 when input.Count > 0:
                // A run of equal bytes: zero scalars, values above every order.
                var start = random.Below(input.Count);
                var value = edgeBytes[random.Below(edgeBytes.Length)];
                for (var i = start; i < Math.Min(input.Count, start + 33); i++)
                    input[i] = value;
                break;
        }
    }

    public void Dispose() => random.Dispose();

    byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        random.Fill(bytes);
        return bytes;
    }
}

/// <summary>A finding of the fuzzer, with the input that shows it.</summary>
public sealed class FuzzingException(FuzzTarget target, byte[] input, string what)
    : Exception($"{target}: {what}\ninput: {Convert.ToHexStringLower(input)}");
