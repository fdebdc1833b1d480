// SPDX-License-Identifier: BSD-2-Clause
#pragma once
#include <stdarg.h>
#include <stddef.h>
typedef struct graft_file FILE;
typedef long fpos_t;
#define EOF (-1)
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#define BUFSIZ 512
#ifdef __cplusplus
extern "C" {
#endif
extern FILE *stdin, *stdout, *stderr;
int printf(const char*, ...) __attribute__((__format__(__printf__, 1, 2)));
int fprintf(FILE*, const char*, ...) __attribute__((__format__(__printf__, 2, 3)));
int sprintf(char*, const char*, ...) __attribute__((__format__(__printf__, 2, 3)));
int snprintf(char*, size_t, const char*, ...) __attribute__((__format__(__printf__, 3, 4)));
int vprintf(const char*, va_list);
int vfprintf(FILE*, const char*, va_list);
int vsprintf(char*, const char*, va_list);
int vsnprintf(char*, size_t, const char*, va_list);
int sscanf(const char*, const char*, ...);
int scanf(const char*, ...);
int fscanf(FILE*, const char*, ...);
int vsscanf(const char*, const char*, va_list);
int vscanf(const char*, va_list);
int vfscanf(FILE*, const char*, va_list);
int puts(const char*);
int fputs(const char*, FILE*);
int putchar(int);
int putc(int, FILE*);
int fputc(int, FILE*);
int getc(FILE*);
int fgetc(FILE*);
int getchar(void);
int ungetc(int, FILE*);
char* fgets(char*, int, FILE*);
FILE* fopen(const char*, const char*);
FILE* freopen(const char*, const char*, FILE*);
int fclose(FILE*);
int fflush(FILE*);
size_t fread(void*, size_t, size_t, FILE*);
size_t fwrite(const void*, size_t, size_t, FILE*);
int feof(FILE*);
int ferror(FILE*);
void clearerr(FILE*);
int fseek(FILE*, long, int);
long ftell(FILE*);
void rewind(FILE*);
int fgetpos(FILE*, fpos_t*);
int fsetpos(FILE*, const fpos_t*);
int setvbuf(FILE*, char*, int, size_t);
void setbuf(FILE*, char*);
void perror(const char*);
int remove(const char*);
int rename(const char*, const char*);
FILE* tmpfile(void);
char* tmpnam(char*);
#ifdef __cplusplus
}
#endif
