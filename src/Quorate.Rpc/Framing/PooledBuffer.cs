using System.Buffers;

namespace Quorate.Rpc.Framing;

/// <summary>A growing buffer from the shared pool that refuses to grow beyond a size.</summary>
sealed class PooledBuffer(int sizeMax) : Stream, IBufferWriter<byte>
{
    const int SizeMin = 1024;

    byte[] buffer = [];

    internal int Written { get; private set; }

    internal ReadOnlyMemory<byte> WrittenMemory => buffer.AsMemory(0, Written);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => Written;

    public override long Position { get => Written; set => throw new NotSupportedException(); }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, buffer.Length - Written);
        Written += count;
        if (Written > sizeMax)
            throw new BufferFullException();
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(Math.Max(sizeHint, 1));
        return buffer.AsMemory(Written);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Write(ReadOnlySpan<byte> source)
    {
        if (source.Length > sizeMax - Written)
            throw new BufferFullException();
        Ensure(source.Length);
        source.CopyTo(buffer.AsSpan(Written));
        Written += source.Length;
    }

    public override void Write(byte[] source, int offset, int count) => Write(source.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] destination, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        (buffer, Written) = ([], 0);
        base.Dispose(disposing);
    }

    void Ensure(int free)
    {
        if (buffer.Length - Written >= free)
            return;
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, Math.Max(SizeMin, Math.Max(2L * buffer.Length, (long)Written + free))));
        buffer.AsSpan(0, Written).CopyTo(larger);
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}

/// <summary>What was to be written is larger than the buffer may become.</summary>
sealed class BufferFullException : IOException;
